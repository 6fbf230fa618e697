# shellcheck shell=bash
# Names and places of one lab, and the few words every command says.
# Sourced first by every command here. Several labs may run side by side when
# LAB_NAME and LAB_NET differ.

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_NAME=${LAB_NAME:-lab}
LAB_NET=${LAB_NET:-10.77}
if [ "$LAB_NAME" = lab ]; then
  LAB_WORK=${LAB_WORK:-$LAB_DIR/work}
  LAB_RPM_PREFIX=rpm
else
  LAB_WORK=${LAB_WORK:-$LAB_DIR/work/labs/$LAB_NAME}
  LAB_RPM_PREFIX=${LAB_NAME}rpm
fi
# Roots and layers are the same for every lab, so all labs share one cache.
LAB_CACHE=${TAGOUT_LAB_CACHE:-$LAB_DIR/work/cache}
LAB_HOSTS=$LAB_WORK/hosts
LAB_BRIDGE=br-$LAB_NAME
LAB_KEY=$LAB_WORK/keys/tagout
# What all labs of this machine share: saved kernel settings and a lock.
LAB_MACHINE_STATE=/run/tagout-lab
export LAB_NAME LAB_NET LAB_WORK LAB_CACHE

# A host's disk is a tmpfs of this size, so that "disk full" is real and cheap.
LAB_DISK_MIB=${LAB_DISK_MIB:-256}
# Three digits in the host name.
LAB_HOSTS_MAX=999
LAB_WAIT_SECONDS=${LAB_WAIT_SECONDS:-90}
# An interface name holds 15 bytes: "v-" + name + "rpm" + 3 digits.
LAB_NAME_LENGTH_MAX=6

say() { printf '%s\n' "$*" >&2; }

die() {
  say "lab: $*"
  exit 1
}

check_settings() {
  [ "$(id -u)" = 0 ] || die "needs root: namespaces, mounts and cgroups are made"
  [[ $LAB_NAME =~ ^[a-z]+$ && ${#LAB_NAME} -le $LAB_NAME_LENGTH_MAX ]] ||
    die "LAB_NAME '$LAB_NAME' must be 1 to $LAB_NAME_LENGTH_MAX lower case letters"
  [[ $LAB_NET =~ ^[0-9]{1,3}\.[0-9]{1,3}$ ]] ||
    die "LAB_NET '$LAB_NET' must be the first two numbers of a /16, like 10.77"
  [ "$LAB_NAME" != rpm ] || die "LAB_NAME 'rpm' is taken by the rpm hosts of the lab named lab"
}

need_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "$tool is missing; run lab/prepare"
  done
}

# Names a cached thing by the text of the files that define it, so that an edit
# makes a new one and a running lab keeps the old one.
definition_digest() {
  (cd "$LAB_DIR" && cat "$@") | sha256sum | cut -c1-12
}
