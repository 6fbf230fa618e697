# shellcheck shell=bash
# Golden layers: what is laid over the Debian root so that a new host starts
# with packages installed, updates pending and package lists already fetched.

LAYER_REPOSITORY=/srv/lab-repository

apt_layer_path() { printf '%s/apt-%s\n' "$LAB_CACHE" "$(definition_digest root.sh repository.sh layers.sh)"; }

# Prints the overlay's lower folders for hosts of a kind, topmost first.
lower_folders() {
  case $1 in
    rpm) printf '%s:%s\n' "$(rpm_layer_path)" "$(root_path)" ;;
    *) printf '%s:%s\n' "$(apt_layer_path)" "$(root_path)" ;;
  esac
}

ensure_apt_layer() {
  local layer
  layer=$(apt_layer_path)
  [ -d "$layer" ] && return
  ensure_root
  ensure_repository
  say "building the apt layer"
  build_layer "$layer" fill_apt_layer
}

# build_layer LAYER FILL: runs the function FILL with a writable root in a mount
# namespace of its own, so that a failed build leaves no mount behind.
build_layer() {
  local layer=$1 fill=$2
  rm -rf --one-file-system "$layer.making" "$layer.scratch"
  mkdir -p "$layer.making" "$layer.scratch/work" "$layer.scratch/root"
  unshare --mount --propagation private bash -euo pipefail -c '
    for part in settings root repository layers rpm; do . "$1/$part.sh"; done
    mount -t overlay overlay -o "lowerdir=$(root_path),upperdir=$2.making,workdir=$2.scratch/work" "$2.scratch/root"
    mount -t proc proc "$2.scratch/root/proc"
    mount -t tmpfs tmpfs "$2.scratch/root/run"
    mount -t tmpfs tmpfs "$2.scratch/root/tmp"
    mount --rbind /dev "$2.scratch/root/dev"
    "$3" "$2.scratch/root"
  ' layer "$LAB_DIR" "$layer" "$fill"
  rm -rf --one-file-system "$layer.scratch"
  mv "$layer.making" "$layer"
}

inside_layer() {
  local root=$1
  shift
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@"
}

fill_apt_layer() {
  local root=$1 repository
  repository=$(repository_path)
  mkdir -p "$root$LAYER_REPOSITORY"
  cp -a "$repository/public/." "$root$LAYER_REPOSITORY/"
  mv "$root$LAYER_REPOSITORY/lab.asc" "$root/etc/apt/keyrings/lab.asc"
  # The sandbox user cannot always read a bind-mounted root; the build is root's own.
  local -a quiet=(-qq -o APT::Sandbox::User=root)
  apt_source bookworm >"$root/etc/apt/sources.list.d/lab.list"
  inside_layer "$root" apt-get "${quiet[@]}" update
  inside_layer "$root" apt-get "${quiet[@]}" install -y '^labpkg[0-9]*$' lab-conf lab-slow >/dev/null
  cp "$repository/withdrawn/"*.deb "$root/tmp/"
  inside_layer "$root" sh -c 'dpkg -i /tmp/*.deb' >/dev/null
  { apt_source bookworm-updates && apt_source bookworm-security; } >>"$root/etc/apt/sources.list.d/lab.list"
  inside_layer "$root" apt-get "${quiet[@]}" update
  inside_layer "$root" apt-get clean
  rm -f "$root"/var/log/apt/* "$root"/var/log/*.log
}

# `copy:` and not `file:`, so that packages pass through the archive cache and
# need room there, as they do with a real mirror.
apt_source() {
  printf 'deb [signed-by=/etc/apt/keyrings/lab.asc] copy:%s %s main\n' "$LAYER_REPOSITORY" "$1"
}
