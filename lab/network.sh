# shellcheck shell=bash
# One bridge per lab, one network namespace and one cable per host. No route
# leads out. Kernel settings are shared by all labs of the machine and are put
# back by the last one that goes.

# Twenty-two systemd hosts use up Debian's default inotify instances; later ones
# then never open ssh and log nothing.
NETWORK_SYSCTLS=(fs.inotify.max_user_instances=4096 fs.inotify.max_user_watches=1048576 kernel.keys.maxkeys=2000)

# Runs a function while no other lab command changes what labs share. The folder
# /run itself carries the lock: a lock file would be gone with the last lab while
# another lab still waits for it.
with_machine_lock() {
  local lock
  exec {lock}</run
  flock "$lock"
  "$@"
  exec {lock}>&-
}

start_network() {
  with_machine_lock register_lab
  ip link show "$LAB_BRIDGE" >/dev/null 2>&1 && return
  if ip -4 -o address show to "$LAB_NET.0.0/16" | grep -q .; then
    die "addresses $LAB_NET.0.0/16 are in use on this machine; set LAB_NET to another block"
  fi
  ip link add "$LAB_BRIDGE" type bridge
  ip address add "$LAB_NET.0.1/16" dev "$LAB_BRIDGE"
  ip link set "$LAB_BRIDGE" up
}

stop_network() {
  ip link delete "$LAB_BRIDGE" 2>/dev/null || true
  with_machine_lock unregister_lab
}

register_lab() {
  mkdir -p "$LAB_MACHINE_STATE/labs"
  if [ ! -e "$LAB_MACHINE_STATE/sysctls" ]; then
    mountpoint -q /run/netns || touch "$LAB_MACHINE_STATE/made-netns-mount"
    save_and_raise_sysctls
  fi
  touch "$LAB_MACHINE_STATE/labs/$LAB_NAME"
}

save_and_raise_sysctls() {
  local setting name
  for setting in "${NETWORK_SYSCTLS[@]}"; do
    name=${setting%%=*}
    printf '%s=%s\n' "$name" "$(sysctl -n "$name")"
  done >"$LAB_MACHINE_STATE/sysctls.saving"
  mv "$LAB_MACHINE_STATE/sysctls.saving" "$LAB_MACHINE_STATE/sysctls"
  for setting in "${NETWORK_SYSCTLS[@]}"; do
    name=${setting%%=*}
    [ "$(sysctl -n "$name")" -ge "${setting#*=}" ] || sysctl -qw "$setting"
  done
}

unregister_lab() {
  local setting
  rm -f "$LAB_MACHINE_STATE/labs/$LAB_NAME"
  [ -z "$(ls "$LAB_MACHINE_STATE/labs" 2>/dev/null)" ] || return 0
  if [ -e "$LAB_MACHINE_STATE/sysctls" ]; then
    while read -r setting; do sysctl -qw "$setting"; done <"$LAB_MACHINE_STATE/sysctls"
  fi
  if [ -e "$LAB_MACHINE_STATE/made-netns-mount" ] && [ -z "$(ls /run/netns 2>/dev/null)" ]; then
    umount /run/netns 2>/dev/null || true
    rmdir /run/netns 2>/dev/null || true
  fi
  rm -rf "$LAB_MACHINE_STATE"
}

cable() { printf 'v-%s\n' "$1"; }

# connect_host HOST ADDRESS
connect_host() {
  local host=$1 address=$2
  ip netns add "$host"
  ip link add "$(cable "$host")" type veth peer name eth0 netns "$host"
  ip link set "$(cable "$host")" master "$LAB_BRIDGE" up
  ip -n "$host" link set lo up
  ip -n "$host" address add "$address/16" dev eth0
  ip -n "$host" link set eth0 up
}

# The cable goes first: a namespace dies in its own time, a deleted link at once.
disconnect_host() {
  local host=$1
  ip link delete "$(cable "$host")" 2>/dev/null || true
  ip netns delete "$host" 2>/dev/null || true
}
