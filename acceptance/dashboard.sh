#!/bin/sh
# The dashboard in a real Chromium: services appear, tasks move from node to node when one is drained or dies, and say
# why; logs are followed; nothing hostile does anything, and who has no link sees nothing.
. "$(dirname "$0")/lib/cases.sh"

for program in ip nft unshare nsenter setsid chromium chromedriver python3; do
    command -v $program > /dev/null || missing="${missing-} $program"
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    skip "the dashboard" "needs root and the programs ip, nft, unshare, nsenter, setsid, chromium, chromedriver and python3"
    finish
    exit 0
fi

lab=d$(($$ % 100000))
no_lab() {
    "$jctl" lab cluster rm --base "$work" "$lab" 2> /dev/null
    clean_up
}
trap no_lab EXIT

check_output "a cluster of three virtual hosts" 'node3 .* running ' \
    "$jctl" lab cluster --base "$work" --name "$lab" --nodes 3 --managers 1
for node in 1 2 3; do
    check "node$node has an image" env JCTL_HOST="unix://$work/$lab/node$node/run/jctl.sock" \
        "$jctl" image from-host -t l:1 sh sleep printf hostname
done
python3 "$root/acceptance/dashboard/cases.py" "$jctl" "$work" "$lab" || echo "not ok the cases end: exit code $?"
finish
