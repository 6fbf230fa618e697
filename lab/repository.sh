# shellcheck shell=bash
# A small signed apt repository with known behaviour: twenty plain packages and
# a few that misbehave on purpose. The same text makes the same packages.
# Suites are named the way Debian names its own, so that every rule that tells
# security updates apart (label, codename, archive ending in -security) has
# something true to look at.

REPOSITORY_PLAIN_PACKAGES=20
REPOSITORY_OLD_VERSION=1.0-1
REPOSITORY_UPDATE_VERSION=1.0-2
REPOSITORY_SECURITY_VERSION=1.0-1+deb12u1
# The moment every packaged file claims to be from: 2026-01-01.
REPOSITORY_EPOCH=1767225600

repository_path() { printf '%s/repository-%s\n' "$LAB_CACHE" "$(definition_digest repository.sh)"; }

ensure_repository() {
  local repository
  repository=$(repository_path)
  [ -d "$repository" ] && return
  need_tools dpkg-deb apt-ftparchive gpg
  say "building the apt repository"
  local made=$repository.making
  rm -rf "$made"
  mkdir -p "$made/build"
  plain_packages "$made"
  special_packages "$made"
  index_suite "$made" main bookworm oldstable Lab
  index_suite "$made" updates bookworm-updates oldstable-updates Lab
  index_suite "$made" security bookworm-security oldstable-security Lab-Security
  sign_repository "$made"
  write_osv_advisories "$made"
  rm -rf "$made/build"
  mv "$made" "$repository"
}

plain_packages() {
  local made=$1 number name
  for number in $(seq 1 "$REPOSITORY_PLAIN_PACKAGES"); do
    name=$(printf 'labpkg%03d' "$number")
    old_package "$made" "$name"
    if ((number % 2 == 0)); then
      security_package "$made" "$name"
    else
      update_package "$made" "$name"
    fi
  done
}

special_packages() {
  local made=$1 name
  for name in lab-conf lab-slow lab-failpost lab-flaky lab-newdep lab-broken; do
    old_package "$made" "$name"
  done
  # Left out of the index: nobody can go back to it.
  build_package "$made" lab-reboot "$REPOSITORY_OLD_VERSION" withdrawn '' ''
  security_package "$made" lab-reboot '' \
    'touch /run/reboot-required; grep -qx lab-reboot /run/reboot-required.pkgs 2>/dev/null || echo lab-reboot >>/run/reboot-required.pkgs'
  update_package "$made" lab-conf
  update_package "$made" lab-slow '' 'sleep "$(cat /etc/lab-slow-seconds 2>/dev/null || echo 20)"'
  update_package "$made" lab-failpost '' 'echo "lab-failpost: this version never configures" >&2; exit 1'
  security_package "$made" lab-flaky '' \
    'if [ -e /etc/lab-flaky ]; then echo "lab-flaky: /etc/lab-flaky exists" >&2; exit 1; fi'
  update_package "$made" lab-newdep 'lab-newlib'
  build_package "$made" lab-newlib "$REPOSITORY_OLD_VERSION" public/pool/updates '' ''
  update_package "$made" lab-broken 'lab-does-not-exist'
}

old_package() { build_package "$1" "$2" "$REPOSITORY_OLD_VERSION" public/pool/main '' ''; }
update_package() { build_package "$1" "$2" "$REPOSITORY_UPDATE_VERSION" public/pool/updates "${3:-}" "${4:-}"; }
security_package() { build_package "$1" "$2" "$REPOSITORY_SECURITY_VERSION" public/pool/security "${3:-}" "${4:-}"; }

# build_package MADE NAME VERSION FOLDER DEPENDS POSTINST
build_package() {
  local made=$1 name=$2 version=$3 folder=$4 depends=$5 postinst=$6
  local tree=$made/build/$name-$version
  mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree/usr/share/doc/$name" "$made/$folder"
  printf '#!/bin/sh\necho %s %s\n' "$name" "$version" >"$tree/usr/bin/$name"
  chmod 755 "$tree/usr/bin/$name"
  write_changelog "$tree" "$name" "$version"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: all\n' "$name" "$version"
    printf 'Maintainer: Lab <lab@example.invalid>\nSection: misc\nPriority: optional\n'
    [ -z "$depends" ] || printf 'Depends: %s\n' "$depends"
    printf 'Description: lab package %s\n' "$name"
  } >"$tree/DEBIAN/control"
  if [ -n "$postinst" ]; then
    printf '#!/bin/sh\nset -e\n[ "$1" = configure ] || exit 0\n%s\n' "$postinst" >"$tree/DEBIAN/postinst"
    chmod 755 "$tree/DEBIAN/postinst"
  fi
  if [ "$name" = lab-conf ]; then
    mkdir -p "$tree/etc"
    printf 'version=%s\n' "$version" >"$tree/etc/lab-conf.conf"
    echo /etc/lab-conf.conf >"$tree/DEBIAN/conffiles"
  fi
  find "$tree" -exec touch --no-dereference --date="@$REPOSITORY_EPOCH" {} +
  SOURCE_DATE_EPOCH=$REPOSITORY_EPOCH dpkg-deb -Zgzip -z1 --root-owner-group --build \
    "$tree" "$made/$folder/${name}_${version}_all.deb" >/dev/null
}

# Debian names the vulnerabilities a version fixes in its changelog; so do we.
# The numbers are made up: CVE-2026-9NNNN, one for each security package.
write_changelog() {
  local tree=$1 name=$2 version=$3 change='New version.'
  if [ "$version" = "$REPOSITORY_SECURITY_VERSION" ]; then
    change="Fix $(repository_cve "$name")."
  fi
  printf '%s (%s) bookworm; urgency=medium\n\n  * %s\n\n -- Lab <lab@example.invalid>  Thu, 01 Jan 2026 00:00:00 +0000\n' \
    "$name" "$version" "$change" | gzip -9n >"$tree/usr/share/doc/$name/changelog.Debian.gz"
}

repository_cve() {
  case $1 in
    labpkg*) printf 'CVE-2026-90%s\n' "${1#labpkg}" ;;
    lab-reboot) echo CVE-2026-91001 ;;
    lab-flaky) echo CVE-2026-91002 ;;
  esac
}

# One OSV file for each security package: what a vulnerability feed would say, so
# that a collected host has true findings without a scanner.
write_osv_advisories() {
  local made=$1 deb name cve id
  mkdir "$made/advisories"
  for deb in "$made"/public/pool/security/*.deb; do
    name=$(basename "${deb%%_*}")
    cve=$(repository_cve "$name")
    id=LABSA-${cve#CVE-}
    write_osv_advisory "$id" "$cve" "$name" >"$made/advisories/$id.json"
  done
}

# write_osv_advisory ID CVE PACKAGE
write_osv_advisory() {
  cat <<JSON
{
  "schema_version": "1.7.0",
  "id": "$1",
  "published": "2026-01-01T00:00:00Z",
  "modified": "2026-01-01T00:00:00Z",
  "upstream": ["$2"],
  "summary": "$3 - security update",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [
    {
      "package": {"ecosystem": "Debian:12", "name": "$3", "purl": "pkg:deb/debian/$3?arch=source"},
      "ranges": [
        {
          "type": "ECOSYSTEM",
          "events": [{"introduced": "0"}, {"fixed": "$REPOSITORY_SECURITY_VERSION"}]
        }
      ]
    }
  ],
  "references": [{"type": "ADVISORY", "url": "https://example.invalid/$1"}]
}
JSON
}

# index_suite MADE POOL CODENAME SUITE LABEL
index_suite() {
  local made=$1 pool=$2 codename=$3 suite=$4 label=$5
  local dist=dists/$codename
  local release=APT::FTPArchive::Release
  (
    cd "$made/public" || exit
    mkdir -p "$dist/main/binary-amd64"
    apt-ftparchive packages "pool/$pool" >"$dist/main/binary-amd64/Packages"
    gzip -9nk "$dist/main/binary-amd64/Packages"
    apt-ftparchive -o "$release::Origin=Lab" -o "$release::Label=$label" -o "$release::Version=12" \
      -o "$release::Suite=$suite" -o "$release::Codename=$codename" \
      -o "$release::Architectures=amd64" -o "$release::Components=main" release "$dist" >"$made/build/Release"
    mv "$made/build/Release" "$dist/Release"
  )
}

# The key is thrown away with its folder: nobody can sign for these hosts later.
sign_repository() {
  local made=$1 dist
  local keys=$made/build/keys
  mkdir -m 700 "$keys"
  gpg --homedir "$keys" --batch --quiet --passphrase '' \
    --quick-generate-key 'Lab <lab@example.invalid>' ed25519 sign never
  for dist in "$made"/public/dists/*; do
    gpg --homedir "$keys" --batch --quiet --clearsign --output "$dist/InRelease" "$dist/Release"
  done
  gpg --homedir "$keys" --batch --quiet --armor --export >"$made/public/lab.asc"
  gpgconf --homedir "$keys" --kill gpg-agent
}
