# Prints the first $2 bytes of the file $1; exit 66 if there is none.
[ -f "$1" ] || exit 66
exec head -c "$2" "$1"
