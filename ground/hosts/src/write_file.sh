# Writes stdin to the file $1 with mode $2, whole or not at all. $3 is its length: a cut connection looks like an end.
set -eu
umask 077
beside=$(mktemp "$1.XXXXXXXX")
trap 'rm -f "$beside"' EXIT
cat >"$beside"
length=$(wc -c <"$beside")
if [ "$length" -ne "$3" ]; then
    echo "only $length of $3 bytes arrived" >&2
    exit 1
fi
chmod "$2" "$beside"
sync "$beside"
mv -fT "$beside" "$1"
sync "$(dirname "$1")"
