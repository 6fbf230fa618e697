# Runs the steps of the job in the folder $1, once, and leaves behind what happened: transcript, progress, the new
# parts of the logs of apt and dpkg, and at the very end the result. With `logs` as $2 it only reads the logs.
folder=$1
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none
TAGOUT_JOB=$(basename "$folder")
export TAGOUT_JOB
log_bytes_max=8388608

progress() { printf '%s %s\n' "$(date -u +%s)" "$1" >>"$folder/progress"; }

each_log() {
    "$1" /var/log/apt/history.log apt-history
    "$1" /var/log/apt/term.log apt-terminal
    "$1" /var/log/dpkg.log dpkg
}

mark_log() { stat -c '%i %s' "$1" >"$folder/logs/$2.before" 2>/dev/null || echo "0 0" >"$folder/logs/$2.before"; }

# A log may have been rotated in the meantime: then what is new starts in the old file.
new_of_log() {
    read -r inode size <"$folder/logs/$2.before" || return 0
    from=$((size + 1))
    if [ "$(stat -c %i "$1" 2>/dev/null)" = "$inode" ]; then
        tail -c "+$from" "$1"
    else
        if [ "$inode" -ne 0 ]; then
            tail -c "+$from" "$1.1" 2>/dev/null || gzip -dc "$1.1.gz" 2>/dev/null | tail -c "+$from"
        fi
        cat "$1" 2>/dev/null
    fi | head -c "$log_bytes_max" >"$folder/logs/$2"
}

if [ "${2:-}" = logs ]; then
    [ -f "$folder/result" ] || each_log new_of_log
    exit 0
fi

# The claim decides: a folder that has content cannot be replaced, so only one process gets behind this line.
claim=$(mktemp -d "$folder/claim.XXXXXXXX") || exit 1
cat /proc/sys/kernel/random/boot_id >"$claim/boot"
printf '%s %s\n' "$$" "$(cut -d ' ' -f 22 "/proc/$$/stat")" >"$claim/process"
date -u +%s >"$claim/started"
sync "$claim/boot" "$claim/process" "$claim/started"
if ! mv -T "$claim" "$folder/claim" 2>/dev/null; then
    rm -rf "$claim"
    exit 0
fi
sync "$folder"

exec >>"$folder/transcript" 2>&1 </dev/null
# When the host shuts down we are told to end; the steps below us are not, and go on to their end.
trap : TERM HUP INT
mkdir -p "$folder/logs"
each_log mark_log
progress started
(
    cd / || exit 1
    # shellcheck source=/dev/null
    . "$folder/steps"
)
code=$?
each_log new_of_log
progress ended
printf '%s %s\n' "$code" "$(date -u +%s)" >"$folder/result.new"
sync "$folder/result.new" "$folder/transcript" "$folder"/logs/*
mv -fT "$folder/result.new" "$folder/result"
sync "$folder"
