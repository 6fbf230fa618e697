# shellcheck shell=bash
# A small signed dnf repository: twenty packages in two versions, advisories that
# say which updates are for security, one package whose update cannot install,
# and the release package that dnf wants to find on a machine.

RPM_PLAIN_PACKAGES=20
RPM_OLD_VERSION=1.0-1.el9
RPM_UPDATE_RELEASE=2.el9_4
# Its advisory suggests a reboot and `needs-restarting -r` asks for one.
RPM_REBOOT_PACKAGE=labrpm002

rpm_repository_path() { printf '%s/rpm-repository-%s\n' "$LAB_CACHE" "$(definition_digest rpm-repository.sh)"; }

ensure_rpm_repository() {
  local repository made
  repository=$(rpm_repository_path)
  made=$repository.making
  [ -d "$repository" ] && return
  need_tools rpmbuild rpmsign createrepo_c modifyrepo_c gpg
  say "building the rpm repository"
  rm -rf "$made"
  mkdir -p "$made/build/specs" "$made/public/base" "$made/public/updates"
  write_specs "$made/build/specs"
  rpmbuild -bb --quiet --define "_topdir $made/build" --define '_build_id_links none' \
    --define '_binary_payload w1.gzdio' "$made"/build/specs/*.spec >"$made/build/log" 2>&1 ||
    die "rpmbuild fails; see $made/build/log"
  sign_rpms "$made"
  mv "$made"/build/RPMS/noarch/*-"$RPM_UPDATE_RELEASE".noarch.rpm "$made/public/updates/"
  mv "$made"/build/RPMS/noarch/*.rpm "$made/public/base/"
  createrepo_c -q "$made/public/base"
  createrepo_c -q "$made/public/updates"
  write_advisories >"$made/build/updateinfo.xml"
  modifyrepo_c --mdtype=updateinfo "$made/build/updateinfo.xml" "$made/public/updates/repodata" >/dev/null
  rm -rf "$made/build"
  mv "$made" "$repository"
}

write_specs() {
  local specs=$1 number name
  for number in $(seq 1 "$RPM_PLAIN_PACKAGES"); do
    name=$(printf 'labrpm%03d' "$number")
    plain_spec "$name" 1.el9 >"$specs/$name-1.spec"
    plain_spec "$name" "$RPM_UPDATE_RELEASE" >"$specs/$name-2.spec"
  done
  plain_spec labrpm-failpre 1.el9 >"$specs/labrpm-failpre-1.spec"
  plain_spec labrpm-failpre "$RPM_UPDATE_RELEASE" '%pre' 'exit 1' >"$specs/labrpm-failpre-2.spec"
  release_spec >"$specs/lab-release.spec"
}

# plain_spec NAME RELEASE [MORE LINES…]
plain_spec() {
  local name=$1 release=$2
  shift 2
  printf '%s\n' "Name: $name" 'Version: 1.0' "Release: $release" 'Summary: lab package' \
    'License: Apache-2.0' 'BuildArch: noarch' '%description' 'A lab package.' '%install' \
    'mkdir -p %{buildroot}/usr/bin' \
    "printf '#!/bin/sh\\necho $name 1.0-$release\\n' >%{buildroot}/usr/bin/$name" \
    "chmod 755 %{buildroot}/usr/bin/$name" "$@" '%files' "/usr/bin/$name"
}

# Without it dnf cannot tell its release version, and nothing provides /bin/sh.
release_spec() {
  printf '%s\n' 'Name: lab-release' 'Version: 9.4' 'Release: 1.el9' 'Summary: release of the lab' \
    'License: Apache-2.0' 'BuildArch: noarch' 'Provides: system-release = 9.4' \
    'Provides: system-release(releasever) = 9' 'Provides: /bin/sh /usr/bin/sh /bin/bash' \
    '%description' 'Says which system this is.' '%install' 'mkdir -p %{buildroot}/usr/lib' \
    "printf 'NAME=\"Lab Linux\"\\nID=\"label\"\\nID_LIKE=\"rhel fedora\"\\nVERSION_ID=\"9.4\"\\nPRETTY_NAME=\"Lab Linux 9.4\"\\nPLATFORM_ID=\"platform:el9\"\\n' >%{buildroot}/usr/lib/os-release-lab" \
    '%files' '/usr/lib/os-release-lab'
}

# rpm of Debian does not find gpg by itself and knows RSA keys only.
sign_rpms() {
  local made=$1 keys=$1/build/keys
  mkdir -m 700 "$keys"
  gpg --homedir "$keys" --batch --quiet --passphrase '' \
    --quick-generate-key 'Lab <lab@example.invalid>' rsa3072 sign never
  GPG_TTY=none rpmsign --define '__gpg /usr/bin/gpg' --define "_gpg_path $keys" --define '_gpg_name lab@example.invalid' \
    --addsign "$made"/build/RPMS/noarch/*.rpm >/dev/null
  gpg --homedir "$keys" --batch --quiet --armor --export >"$made/public/lab.asc"
  gpgconf --homedir "$keys" --kill gpg-agent
}

# Even numbers are security updates, as in the apt repository.
write_advisories() {
  local number
  echo '<?xml version="1.0" encoding="UTF-8"?><updates>'
  for number in $(seq 1 "$RPM_PLAIN_PACKAGES"); do write_advisory "$number"; done
  echo '</updates>'
}

write_advisory() {
  local number name type=bugfix prefix=LABBA severity=None references='' reboot=''
  number=$(printf '%03d' "$1")
  name=labrpm$number
  if (($1 % 2 == 0)); then
    type=security prefix=LABSA severity=Important
    references="<reference href=\"https://example.invalid/CVE-2026-92$number\" id=\"CVE-2026-92$number\" type=\"cve\" title=\"CVE-2026-92$number\"/>"
  fi
  [ "$name" != "$RPM_REBOOT_PACKAGE" ] || reboot='<reboot_suggested>True</reboot_suggested>'
  cat <<XML
<update from="lab@example.invalid" status="stable" type="$type" version="1">
<id>$prefix-2026:0$number</id><title>$name update</title><issued date="2026-11-01 00:00:00"/>
<severity>$severity</severity><description>An update of $name.</description><references>$references</references>
<pkglist><collection short="lab"><name>lab</name>
<package name="$name" version="1.0" release="$RPM_UPDATE_RELEASE" epoch="0" arch="noarch" src="$name-1.0-$RPM_UPDATE_RELEASE.src.rpm">
<filename>$name-1.0-$RPM_UPDATE_RELEASE.noarch.rpm</filename>$reboot</package>
</collection></pkglist></update>
XML
}
