# Brings dpkg back to order after a change that was cut: waits for whoever holds the locks, then configures what is
# unpacked. Never deletes a lock file. `request` holds: seconds to wait, and whether broken dependencies may be mended.
{
    read -r patience_s
    read -r mend
} <"$folder/request"

progress configuring
waited=0
while :; do
    said=$(dpkg --force-confdef --force-confold --configure -a 2>&1)
    code=$?
    printf '%s\n' "$said"
    # dpkg ends with 2 when somebody else holds its lock.
    case $code:$said in
    2:*lock*) ;;
    *) break ;;
    esac
    [ "$waited" -lt "$patience_s" ] || break
    sleep 2
    waited=$((waited + 2))
done

if [ "$mend" = mend ]; then
    progress mending
    apt-get -y -q --no-remove -o "DPkg::Lock::Timeout=$patience_s" -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold -f install
    code=$?
fi

progress checking
# Its exit code is 0 whatever it finds: the text counts.
echo "== dpkg --audit"
dpkg --audit
echo "== packages that are not wholly installed"
dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' | grep -v -e '^[ihu]i  ' -e '^[rpun]c  ' -e '^.n  '
exit "$code"
