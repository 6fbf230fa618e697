# Prints what the job in the folder $1 left, in marked parts; at most $2 bytes of each.
folder=$1
if [ ! -d "$folder" ]; then
    exit 66
fi
[ -d "$folder/logs" ] && /bin/sh "$folder/run" "$folder" logs </dev/null >/dev/null 2>&1
for name in job.json transcript progress logs/apt-history logs/apt-terminal logs/dpkg; do
    [ -f "$folder/$name" ] || continue
    length=$(wc -c <"$folder/$name")
    code=0
    if [ "$length" -gt "$2" ]; then
        # The end of a log says more than its beginning.
        length=$2
        code=1
    fi
    printf '@tagout %s %s %s\n' "$name" "$code" "$length"
    # The file may be growing: exactly as much as was said is printed.
    if [ "$code" = 1 ]; then tail -c "$length" "$folder/$name" | head -c "$length"; else head -c "$length" "$folder/$name"; fi
    printf '\n'
done
printf '@tagout end 0 0\n\n'
