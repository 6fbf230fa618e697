# Reads what a host is, in one go, and changes nothing on it. Each part is printed as
#     @tagout NAME EXIT LENGTH
# and a line break, then that many bytes and a line break, so that no content can be taken for a mark.
# It keeps everything in variables: a host with a full disk can still be read.
umask 077

section() {
    name=$1
    shift
    # The x keeps trailing line breaks, which a command substitution would drop.
    body=$("$@" </dev/null; printf 'x%s' "$?")
    code=${body##*x}
    body=${body%x*}
    printf '@tagout %s %s %s\n%s\n' "$name" "$code" "${#body}" "$body"
}

has() { command -v "$1" >/dev/null 2>&1; }

os_release() { cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release; }
identity() { uname -r; uname -v; uname -m; uname -n; id -u; date -u +%s; }
disk() { df -Pk "$1" | tail -n 1; }
boot_flag() { [ -e /run/reboot-required ] || return 1; cat /run/reboot-required.pkgs 2>/dev/null || true; }
container() { systemd-detect-virt -c; }

# A word of an argument list may not be longer than the system allows, so names go through xargs.
policy_of_pending() {
    {
        printf '%s\n' "$dist_upgrade" | sed -n 's/^Inst \([^ ]*\) \[.*/\1/p'
        printf '%s\n' "$upgrade" | awk '
            /^The following (packages have been kept back|upgrades have been deferred)/ { inside = 1; next }
            /^The following security updates require Ubuntu Pro/ { inside = 1; next }
            /^[^ ]/ { inside = 0 }
            inside { for (i = 1; i <= NF; i++) print $i }'
        apt-mark showhold
    } | sort -u | xargs -r apt-cache policy
}

# When the lists were last fetched shows in the folder where apt puts what it fetches.
lists_age() { stat -c %Y /var/lib/apt/lists/partial /var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp 2>/dev/null; true; }

old_maps() {
    grep -lsE ' r-xp .* /(usr|opt|lib|lib64|bin|sbin)/.* \(deleted\)$' /proc/[0-9]*/maps |
        while IFS=/ read -r _ _ process _; do
            unit=$(sed -n 's|^.*/\([^/]*\.\(service\|scope\|socket\)\)$|\1|p' "/proc/$process/cgroup" 2>/dev/null | tail -n 1)
            printf '%s\t%s\n' "$(cat "/proc/$process/comm" 2>/dev/null)" "$unit"
        done | sort -u
}

firmware() {
    for word in system-manufacturer system-product-name system-serial-number bios-vendor bios-version bios-release-date; do
        dmidecode -s "$word" || return
    done
}

debian_parts() {
    section architecture dpkg --print-architecture
    section dpkg dpkg-query -W -f '${Package}\t${Architecture}\t${Version}\t${source:Package}\t${source:Version}\t${db:Status-Abbrev}\n'
    if has apt-mark; then section holds apt-mark showhold; fi
    has apt-get || return
    upgrade=$(apt-get -s -o Debug::NoLocking=1 upgrade </dev/null)
    dist_upgrade=$(apt-get -s -o Debug::NoLocking=1 dist-upgrade </dev/null; printf 'x%s' "$?")
    dist_code=${dist_upgrade##*x}
    dist_upgrade=${dist_upgrade%x*}
    section upgrade printf '%s\n' "$upgrade"
    repeat() { printf '%s\n' "$dist_upgrade"; return "$dist_code"; }
    section dist-upgrade repeat
    section apt-releases apt-cache policy
    section apt-policy policy_of_pending
    section lists lists_age
}

rhel_parts() {
    section rpm rpm -qa --qf '%{NAME}\t%{ARCH}\t%{EPOCHNUM}\t%{VERSION}\t%{RELEASE}\t%{SOURCERPM}\n'
    has dnf || return
    # -C reads only what was fetched before: fetching is an act of its own.
    section dnf-check dnf -q -C check-update
    section dnf-advisories dnf -q -C updateinfo list --all
    section dnf-security dnf -q -C updateinfo list --security
    lists_of_dnf() { stat -c %Y /var/cache/dnf/*/repodata/repomd.xml 2>/dev/null; true; }
    section lists lists_of_dnf

    section needs-restarting dnf -q -C needs-restarting -r
}

section os-release os_release
section identity identity
section machine-id cat /etc/machine-id
section boot-id cat /proc/sys/kernel/random/boot_id
section uptime cat /proc/uptime
if [ -e /proc/version_signature ]; then section version-signature cat /proc/version_signature; fi
if has systemd-detect-virt; then section container container; fi
section reboot-flag boot_flag
for path in / /var /boot; do section "disk:$path" disk "$path"; done
if has ss; then section sockets ss -H -lntup; fi
if has dmidecode; then section firmware firmware; fi
if has needrestart; then section needrestart needrestart -b -r l; fi
section old-maps old_maps

family=$(os_release | sed -n 's/^ID\(_LIKE\)\{0,1\}=//p' | tr -d '"'"'" | tr '\n' ' ')
case " $family " in
*" debian "* | *" ubuntu "*) debian_parts ;;
*" rhel "* | *" fedora "* | *" centos "* | *" rocky "* | *" almalinux "* | *" ol "* | *" amzn "*) rhel_parts ;;
esac
printf '@tagout end 0 0\n\n'
