# Says in one line how the job in the folder $1 stands.
folder=$1
if [ ! -d "$folder/claim" ]; then
    echo "not-started"
    exit 0
fi
started=$(cat "$folder/claim/started")

say_finished() {
    [ -f "$folder/result" ] || return 1
    read -r code finished <"$folder/result"
    echo "finished $started $code $finished"
    exit 0
}

say_finished
word=$(tail -n 1 "$folder/progress" 2>/dev/null | cut -d ' ' -f 2)
if [ "$(cat "$folder/claim/boot")" != "$(cat /proc/sys/kernel/random/boot_id)" ]; then
    echo "lost $started rebooted"
    exit 0
fi
read -r process began <"$folder/claim/process"
if [ "$(cut -d ' ' -f 22 "/proc/$process/stat" 2>/dev/null)" = "$began" ]; then
    echo "running $started ${word:-started}"
    exit 0
fi
# It may have ended between the two looks.
say_finished
# The job's own process may be killed while the package manager below it goes on: then the work is not over.
for environment in $(grep -lsz "^TAGOUT_JOB=$(basename "$folder")\$" /proc/[0-9]*/environ); do
    case $(cat "${environment%environ}comm" 2>/dev/null) in
    apt-get | dpkg)
        echo "running $started orphaned"
        exit 0
        ;;
    esac
done
echo "lost $started died"
