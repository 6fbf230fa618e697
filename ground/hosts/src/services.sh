# Restarts the units named in `request`, one after the other; ends with the number of those that failed.
failed=0
while read -r unit; do
    progress "$unit"
    systemctl restart "$unit" || failed=$((failed + 1))
    systemctl is-active "$unit"
done <"$folder/request"
exit "$failed"
