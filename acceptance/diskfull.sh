#!/bin/sh
# A data folder on a small file system that is filled: the daemon only reads, and writes again by itself.
# (What stands in single quotes is for the container's shell; agent is ended by lib/cases.sh.)
# shellcheck disable=SC2016,SC2034
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "a full disk" "needs root"
    finish
    exit 0
fi
mkdir "$work/data"
if ! mount -t tmpfs -o size=256m jctl-diskfull "$work/data"; then
    skip "a full disk" "cannot mount a tmpfs here"
    finish
    exit 0
fi
trap 'stop_agent; umount "$work/data"; clean_up' EXIT

start_agent
check "a container that prints" "$jctl" run -d --name printer --network none --log-opt max-size=1m \
    host sh -c 'while :; do echo tick; sleep 0.1; done'
check "a container that sleeps" "$jctl" run -d --name sleeper --network none host sleep 1d
check "a container to be removed" "$jctl" create --name idle --network none host true

# ---- filled while containers are started
dd if=/dev/zero of="$work/data/filler" bs=1M 2>/dev/null &
filler=$!
number=0
while [ $number -lt 10 ]; do
    number=$((number + 1))
    "$jctl" run -d --name "racer$number" --network none host sleep 1d >/dev/null 2>&1
done
wait $filler
check "the agent says that it only reads" until_ok 60 grep -q 'takes no more' "$work/agent.log"
check_exit "run is refused at once" 125 "$jctl" run --network none host true
check_output "with folder, free bytes and what to do" \
    "$work/data takes no more .*bytes are free.*jctl system prune" \
    sh -c "'$jctl' run --network none host true 2>&1; :"
check_exit "a volume is refused" 125 "$jctl" volume create full
check_output "system info tells" 'only reads' "$jctl" system info
check_output "ps works" 'printer' "$jctl" ps
check_output "logs works" '^tick$' "$jctl" logs printer
check_output "inspect works" '"Running": true' "$jctl" inspect sleeper
check_output "the container that prints goes on" 'true' "$jctl" inspect \
    --format '{{.State.Running}}' printer
check "stop works" "$jctl" stop -t 0 sleeper
check "rm works" "$jctl" rm idle sleeper
check "kill works" "$jctl" kill printer
check_output "an event tells" 'disk_full' "$jctl" events --since 10m --until 0s

# ---- room again
rm "$work/data/filler"
check "the agent writes again by itself" until_ok 60 grep -q 'there is room' "$work/agent.log"
check "run works again" "$jctl" run --rm --network none host true
# ---- nothing is corrupted
kill "$agent"
wait "$agent" 2>/dev/null
start_agent
check "a daemon that starts anew takes up all" sh -c "'$jctl' ps -a | grep -q printer"
check "and complains of no record" sh -c "! grep -qE 'damaged|cannot be read' '$work/agent.log'"

finish
