# shellcheck shell=bash
# Golden layers: what is laid over the Debian root so that a new host starts
# with packages installed, updates pending and package lists already fetched.

LAYER_REPOSITORY=/srv/lab-repository

# layer_path apt|rpm
layer_path() {
  local repository=repository.sh
  [ "$1" != rpm ] || repository=rpm-repository.sh
  printf '%s/layer-%s-%s\n' "$LAB_CACHE" "$1" "$(definition_digest root.sh "$repository" layers.sh)"
}

# Prints the overlay's lower folders for hosts of a family, topmost first.
lower_folders() { printf '%s:%s\n' "$(layer_path "$1")" "$(root_path "$1")"; }

# ensure_layer apt|rpm
ensure_layer() {
  local family=$1 layer
  layer=$(layer_path "$family")
  [ -d "$layer" ] && return
  ensure_root "$family"
  if [ "$family" = rpm ]; then ensure_rpm_repository; else ensure_repository; fi
  say "building the $family layer"
  build_layer "$family" "$layer"
}

# Labs share the cache: one builds, the others wait and find it done.
ensure_layer_once() {
  local lock
  mkdir -p "$LAB_CACHE"
  exec {lock}>"$LAB_CACHE/lock"
  flock "$lock"
  ensure_layer "$1"
  exec {lock}>&-
}

# Fills a layer in a mount namespace of its own, so that a failed build leaves
# no mount behind.
build_layer() {
  local family=$1 layer=$2
  rm -rf --one-file-system "$layer.making" "$layer.scratch"
  mkdir -p "$layer.making" "$layer.scratch/work" "$layer.scratch/root"
  unshare --mount --propagation private bash -euo pipefail -c '
    for part in settings root repository rpm-repository layers; do . "$1/$part.sh"; done
    mount -t overlay overlay -o "lowerdir=$(root_path "$2"),upperdir=$3.making,workdir=$3.scratch/work" "$3.scratch/root"
    mount -t proc proc "$3.scratch/root/proc"
    mount -t tmpfs tmpfs "$3.scratch/root/run"
    mount -t tmpfs tmpfs "$3.scratch/root/tmp"
    mount --rbind /dev "$3.scratch/root/dev"
    "fill_$2_layer" "$3.scratch/root"
  ' layer "$LAB_DIR" "$family" "$layer"
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

fill_rpm_layer() {
  local root=$1 command
  mkdir -p "$root$LAYER_REPOSITORY" "$root/etc/yum.repos.d" "$root/etc/dnf/plugins/needs-restarting.d" "$root/etc/rpm"
  cp -a "$(rpm_repository_path)/public/." "$root$LAYER_REPOSITORY/"
  rpm_source base >"$root/etc/yum.repos.d/lab.repo"
  # The plugin brings a repository of its own that does not exist here.
  sed -i 's/^enabled *=.*/enabled = false/' "$root/etc/dnf/plugins/local.conf"
  echo "$RPM_REBOOT_PACKAGE" >"$root/etc/dnf/plugins/needs-restarting.d/lab.conf"
  # Debian's rpm keeps a database in each home; a real rpm system has one.
  echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
  inside_layer "$root" rpm --import "$LAYER_REPOSITORY/lab.asc"
  inside_layer "$root" dnf -q -y --releasever=9 install lab-release >/dev/null
  inside_layer "$root" dnf -q -y install 'labrpm0*' >/dev/null
  rpm_source updates >>"$root/etc/yum.repos.d/lab.repo"
  inside_layer "$root" dnf -q makecache
  ln -sf ../usr/lib/os-release-lab "$root/etc/os-release"
  # Programs that ask which package manager a host has must find only one.
  for command in apt apt-get apt-cache apt-mark dpkg dpkg-query; do rm "$root/usr/bin/$command"; done
  rm -f "$root/etc/debian_version" "$root"/var/log/dnf* "$root"/var/log/hawkey.log
}

rpm_source() {
  printf '[lab-%s]\nname=Lab %s\nbaseurl=file://%s/%s\nenabled=1\ngpgcheck=1\ngpgkey=file://%s/lab.asc\n\n' \
    "$1" "$1" "$LAYER_REPOSITORY" "$1" "$LAYER_REPOSITORY"
}
