# Puts the job $1 in place and sets it going; does neither a second time. Stdin holds four files one behind the other;
# $2 to $5 are their lengths. Exit 65: there is such a job with another content.
set -eu
umask 077
id=$1
jobs=/var/lib/tagout/jobs
folder=$jobs/$id
shift

mkdir -p "$jobs"
wanted=$(head -c "$1"; printf x)
if [ ! -d "$folder" ]; then
    beside=$(mktemp -d "$jobs/.$id.XXXXXXXX")
    trap 'rm -rf "$beside"' EXIT
    # cat says why it cannot write, the shell's own printf does not.
    printf '%s' "${wanted%x}" | cat >"$beside/job.json"
    for name in job.json run steps request; do
        [ "$name" = job.json ] || head -c "$1" >"$beside/$name"
        length=$(wc -c <"$beside/$name")
        if [ "$length" -ne "$1" ]; then
            echo "only $length of $1 bytes of $name arrived" >&2
            exit 1
        fi
        sync "$beside/$name"
        shift
    done
    sync "$beside"
    # A folder with content cannot be renamed over: of two starters one puts its folder in place.
    mv -T "$beside" "$folder" 2>/dev/null || [ -f "$folder/job.json" ]
    sync "$jobs"
fi

if [ "$wanted" != "$(cat "$folder/job.json"; printf x)" ]; then
    exit 65
fi
if [ -d "$folder/claim" ]; then
    echo attached
    exit 0
fi

# Should two of these start the job, the one that claims it first does the work.
if [ -d /run/systemd/system ]; then
    # When the host shuts down the job may end its work first; only the job itself is told, not dpkg below it.
    if ! said=$(systemd-run --quiet --collect --service-type=exec --unit="tagout-$id" \
        --property=KillMode=process --property=TimeoutStopSec=600 \
        /bin/sh "$folder/run" "$folder" 2>&1 </dev/null); then
        if ! systemctl is-active --quiet "tagout-$id" && [ ! -d "$folder/claim" ]; then
            printf '%s\n' "$said" >&2
            exit 1
        fi
    fi
else
    setsid /bin/sh "$folder/run" "$folder" </dev/null >/dev/null 2>&1 &
fi
echo started
