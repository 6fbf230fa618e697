# shellcheck shell=bash
# Every process of a host lives below one control group, so that a host can be
# frozen, cut off and swept away as a whole without keeping lists of processes.
#   tagout-lab/LAB/HOST/keeper    the process that starts the host again on reboot
#   tagout-lab/LAB/HOST/machine   the host itself
#   tagout-lab/LAB/HOST/fault     what `lab/fault` put there

CGROUP_ROOT=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
# Machines that mix both versions keep systemd's names in a second tree; every
# nspawn needs a place of its own in it too.
CGROUP_V1_SYSTEMD=$(awk '$3 == "cgroup" && $4 ~ /name=systemd/ { print $2; exit }' /proc/mounts)
CGROUP_KILL_TRIES=200

lab_cgroup() { printf '%s/tagout-lab/%s\n' "$CGROUP_ROOT" "$LAB_NAME"; }
host_cgroup() { printf '%s/%s\n' "$(lab_cgroup)" "$1"; }

# Moves the calling process, so that everything it starts is in the group too.
# $BASHPID and not $$: a subshell moves itself and not its parent.
join_cgroup() {
  local host=$1 part=$2 group
  group=$(host_cgroup "$host")/$part
  mkdir -p "$group"
  echo "$BASHPID" >"$group/cgroup.procs"
  [ -n "$CGROUP_V1_SYSTEMD" ] || return 0
  mkdir -p "$CGROUP_V1_SYSTEMD/tagout-lab/$LAB_NAME/$host/$part"
  echo "$BASHPID" >"$CGROUP_V1_SYSTEMD/tagout-lab/$LAB_NAME/$host/$part/cgroup.procs"
}

# Prints the processes of one part of a host, in the machine's numbering.
cgroup_processes() {
  local group
  group=$(host_cgroup "$1")/$2
  [ -d "$group" ] || return 0
  find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

cgroup_is_populated() {
  grep -qx 'populated 1' "$(host_cgroup "$1")/$2/cgroup.events" 2>/dev/null
}

# Ends every process of a part ("." is the whole host); works on frozen ones.
kill_cgroup() {
  local host=$1 part=$2 group tries
  group=$(host_cgroup "$host")/$part
  [ -d "$group" ] || return 0
  echo 1 >"$group/cgroup.kill"
  for ((tries = 0; tries < CGROUP_KILL_TRIES; tries++)); do
    cgroup_is_populated "$host" "$part" || return 0
    sleep 0.05
  done
  die "processes of $host do not end; see $group"
}

remove_cgroup() {
  local path
  for path in "$(host_cgroup "$1")" "${CGROUP_V1_SYSTEMD:-/nowhere}/tagout-lab/$LAB_NAME/$1"; do
    [ ! -d "$path" ] || find "$path" -depth -type d -exec rmdir {} +
  done
}

remove_lab_cgroups() {
  local tree
  for tree in "$CGROUP_ROOT" "${CGROUP_V1_SYSTEMD:-/nowhere}"; do
    rmdir "$tree/tagout-lab/$LAB_NAME" "$tree/tagout-lab" 2>/dev/null || true
  done
}
