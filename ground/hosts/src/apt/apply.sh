# Changes packages to exact versions. The file `request` holds the arguments of apt-get, one on each line.
IFS='
'
set -f
# shellcheck disable=SC2046
set -- $(cat "$folder/request")
unset IFS
set +f

names=$(sed -n 's/^\([^-=][^=]*\)=.*/\1/p' "$folder/request")
progress remembering
# `install` marks what it names as wanted by a person; what was automatic before is put back below.
apt-mark showauto >"$folder/automatic"

progress downloading
# Without the packages at hand nothing is touched: a full disk or a dead archive shows here.
apt-get --download-only "$@"
code=$?
if [ "$code" = 0 ]; then
    progress installing
    apt-get "$@"
    code=$?
fi

progress marking
automatic=$(printf '%s\n' "$names" | sed 's/:.*//' | grep -Fx -f "$folder/automatic")
if [ -n "$automatic" ]; then
    # shellcheck disable=SC2086
    apt-mark auto $automatic
fi

progress checking
echo "== dpkg --audit"
dpkg --audit
exit "$code"
