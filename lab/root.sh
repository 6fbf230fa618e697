# shellcheck shell=bash
# The Debian roots below the hosts, one for apt hosts and one with dnf for rpm
# hosts: each made once from the machine's own apt sources, and kept without any
# trace of the mirror it came from.

ROOT_SUITE=bookworm
ROOT_PACKAGES=openssh-server,python3,sudo,iproute2,procps,systemd-sysv,dbus,needrestart,apt-utils,ca-certificates,cron,less
ROOT_RPM_PACKAGES=rpm,dnf,dnf-plugins-core
ROOT_USER=tagout
# Timers that would take the dpkg lock or use the disk at a moment nobody chose.
ROOT_MASKED_UNITS=(apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer systemd-timesyncd.service)

# root_path apt|rpm
root_path() { printf '%s/root-%s-%s\n' "$LAB_CACHE" "$1" "$(definition_digest root.sh)"; }

# Prints the mirror this machine uses for the suite; apt itself knows every
# format of its source lists.
root_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$ROOT_SUITE" '$2 == suite && $3 == "main" { print $1; exit }')
  [ -n "$mirror" ] || die "no apt source for $ROOT_SUITE main on this machine; add one and run apt-get update"
  printf '%s\n' "$mirror"
}

# ensure_root apt|rpm
ensure_root() {
  local family=$1 packages=$ROOT_PACKAGES root made
  root=$(root_path "$family")
  made=$root.making
  [ -d "$root" ] && return
  need_tools mmdebstrap apt-get
  [ "$family" != rpm ] || packages=$packages,$ROOT_RPM_PACKAGES
  say "building the Debian root for $family hosts (once, one or two minutes)"
  rm -rf --one-file-system "$made"
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
    --include="$packages" "$ROOT_SUITE" "$made" "deb $(root_mirror) $ROOT_SUITE main"
  forget_origin "$made"
  settle_root "$made"
  mv "$made" "$root"
}

# The mirror's address also hides in the names of apt's lists.
forget_origin() {
  local root=$1
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb
  rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap
  rm -f "$root"/etc/resolv.conf "$root"/etc/hostname "$root"/etc/hosts
  rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/log/*.log "$root"/var/log/apt/*
  : >"$root/etc/machine-id"
  rm -f "$root/var/lib/dbus/machine-id"
}

settle_root() {
  local root=$1 unit
  chroot "$root" useradd --create-home --shell /bin/bash --password '*' "$ROOT_USER"
  install -d -m 700 -o "$(chroot "$root" id -u "$ROOT_USER")" -g "$(chroot "$root" id -g "$ROOT_USER")" \
    "$root/home/$ROOT_USER/.ssh"
  printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$ROOT_USER" >"$root/etc/sudoers.d/$ROOT_USER"
  chmod 440 "$root/etc/sudoers.d/$ROOT_USER"
  # MaxStartups: tests open many connections at once on purpose.
  printf '%s\n' 'PermitRootLogin no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' \
    'UseDNS no' 'MaxStartups 200:30:400' >"$root/etc/ssh/sshd_config.d/lab.conf"
  for unit in "${ROOT_MASKED_UNITS[@]}"; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
}
