# shellcheck shell=bash
# One host from disk to ssh and back to nothing.
#   hosts/HOST/disk   a tmpfs: the host's own part of the overlay
#   hosts/HOST/root   the merged root
#   hosts/HOST/kind   systemd, light or rpm;  hosts/HOST/address;  hosts/HOST/log
#   hosts/HOST/host-key.pub   the key it had when it was made, which clients pin

HOST_KEY=etc/ssh/ssh_host_ed25519_key

# Prints which packages a kind of host has: apt or rpm.
family() {
  case $1 in
    rpm) echo rpm ;;
    *) echo apt ;;
  esac
}

# host_name KIND NUMBER
host_name() {
  local prefix=$LAB_NAME
  [ "$1" != rpm ] || prefix=$LAB_RPM_PREFIX
  printf '%s%03d\n' "$prefix" "$2"
}

# host_address KIND NUMBER: 250 hosts in each /24, rpm hosts from .100 on.
host_address() {
  local block=1
  [ "$1" != rpm ] || block=100
  printf '%s.%d.%d\n' "$LAB_NET" $((block + ($2 - 1) / 250)) $((($2 - 1) % 250 + 1))
}

require_host() { [ -e "$LAB_HOSTS/$1/kind" ] || die "no host '$1' in this lab; lab/work/hosts.tsv lists them"; }

# create_host HOST KIND ADDRESS
create_host() {
  local host=$1 kind=$2 address=$3
  local place=$LAB_HOSTS/$host
  # A second overlay over the same folder gives "Stale file handle" much later.
  [ ! -e "$place" ] || die "$host exists; run lab/down first"
  mkdir -p "$place/disk" "$place/root"
  echo "$kind" >"$place/kind"
  echo "$address" >"$place/address"
  mount -t tmpfs -o "mode=755,size=${LAB_DISK_MIB}m" "tagout-$host" "$place/disk"
  mkdir "$place/disk/upper" "$place/disk/work"
  mount -t overlay -o "lowerdir=$(lower_folders "$(family "$kind")"),upperdir=$place/disk/upper,workdir=$place/disk/work" \
    "tagout-$host" "$place/root"
  personalise_host "$place/root" "$host" "$address"
  connect_host "$host" "$address"
}

personalise_host() {
  local root=$1 host=$2 address=$3
  echo "$host" >"$root/etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n' "$address" "$host" >"$root/etc/hosts"
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  ssh-keygen -q -t ed25519 -N '' -C "root@$host" -f "$root/$HOST_KEY"
  cp "$root/$HOST_KEY.pub" "$LAB_HOSTS/$host/host-key.pub"
  # Numbers and not names: the account is the root's, not this machine's.
  install -m 600 -o "$(stat -c %u "$root/home/$ROOT_USER")" -g "$(stat -c %g "$root/home/$ROOT_USER")" \
    "$LAB_KEY.pub" "$root/home/$ROOT_USER/.ssh/authorized_keys"
}

start_host() {
  local host=$1
  if cgroup_is_populated "$host" keeper; then die "$host is running"; fi
  [ ! -d "$(host_cgroup "$host")" ] || echo 0 >"$(host_cgroup "$host")/cgroup.freeze"
  setsid "$LAB_DIR/keeper" "$host" </dev/null >>"$LAB_HOSTS/$host/log" 2>&1 &
}

# Prints the machine's number of the host's process 1.
host_leader() {
  local process
  for process in $(cgroup_processes "$1" machine); do
    if grep -qsE '^NSpid:\s+[0-9]+\s+1$' "/proc/$process/status"; then
      printf '%s\n' "$process"
      return
    fi
  done
  die "$1 is not running; run lab/boot $1"
}

# inside_host HOST COMMAND…: runs a command as root inside a running host.
inside_host() { inside_host_as fault "$@"; }

# inside_host_as PART HOST COMMAND…: the same in a control group of its own.
inside_host_as() {
  local part=$1 host=$2 leader
  shift 2
  leader=$(host_leader "$host")
  (
    join_cgroup "$host" "$part"
    # --root too: a light host is a chroot, and its mount namespace alone would
    # let the command loose on the machine itself.
    exec nsenter --target "$leader" --mount --uts --ipc --net --pid --root --wd \
      env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  )
}

# A login and not just an open port: systemd refuses people while it boots.
wait_for_host() {
  local host=$1 deadline=$((SECONDS + LAB_WAIT_SECONDS))
  until ssh -F "$LAB_WORK/ssh_config" -o ConnectTimeout=2 "$host" true 2>"$LAB_HOSTS/$host/last-ssh-error"; do
    if ((SECONDS >= deadline)); then
      die "$host does not let anyone in after $LAB_WAIT_SECONDS s: $(tail -n 1 "$LAB_HOSTS/$host/last-ssh-error"); its log is $LAB_HOSTS/$host/log"
    fi
    sleep 0.1
  done
  rm -f "$LAB_HOSTS/$host/last-ssh-error"
}

make_login_key() {
  [ ! -e "$LAB_KEY" ] || return 0
  install -d -m 700 "$(dirname "$LAB_KEY")"
  ssh-keygen -q -t ed25519 -N '' -C "$ROOT_USER@$LAB_NAME" -f "$LAB_KEY"
}

# Writes what a client must know: names, addresses, host keys.
write_host_lists() {
  local place host
  for place in "$LAB_HOSTS"/*/; do
    host=$(basename "$place")
    printf '%s\t%s\t%s\n' "$host" "$(cat "$place/address")" "$(cut -d' ' -f1,2 "$place/host-key.pub")"
  done >"$LAB_WORK/hosts.tsv"
  awk -F'\t' '{ print $1 "," $2 " " $3 }' "$LAB_WORK/hosts.tsv" >"$LAB_WORK/known_hosts"
  {
    awk -F'\t' '{ print "Host " $1 "\n  HostName " $2 "\n  HostKeyAlias " $1 }' "$LAB_WORK/hosts.tsv"
    printf 'Host *\n  User %s\n  IdentityFile "%s"\n  IdentitiesOnly yes\n  UserKnownHostsFile "%s"\n' \
      "$ROOT_USER" "$LAB_KEY" "$LAB_WORK/known_hosts"
    printf '  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n  BatchMode yes\n'
  } >"$LAB_WORK/ssh_config"
}

# Removes a host in any state, also one that was only half made.
remove_host() {
  local host=$1 place=$LAB_HOSTS/$1
  kill_cgroup "$host" .
  disconnect_host "$host"
  forget_machine "$host"
  unmount_all "$place/root"
  unmount_all "$place/disk"
  rm -rf --one-file-system "$place"
  remove_cgroup "$host"
}

# systemd-nspawn leaves these two when it is killed.
forget_machine() {
  local host=$1 root=$LAB_HOSTS/$1/root
  if [ -d "$root" ]; then rm -f "/run/systemd/nspawn/locks/inode-$(stat -c '%d:%i' "$root")"; fi
  rmdir "/run/systemd/nspawn/propagate/$host" 2>/dev/null || true
}

# Never removes files while something is still mounted over them.
unmount_all() {
  while mountpoint -q "$1"; do umount "$1" 2>/dev/null || umount -l "$1"; done
}

# Prints every host that left any trace: folder, namespace or control group.
hosts_with_traces() {
  {
    find "$LAB_HOSTS" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null || true
    find "$(lab_cgroup)" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null || true
    ip netns list | awk '{ print $1 }'
  } | grep -E "^($LAB_NAME|$LAB_RPM_PREFIX)[0-9]{3}$" | sort -u || true
}
