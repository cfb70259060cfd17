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
check "a container that its policy starts again" "$jctl" run -d --name again --network none --restart on-failure:2 \
    host sh -c 'sleep 600 & wait; exit 7'
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
check_exit "exec is refused, too" 125 "$jctl" exec sleeper true
check_exit "and start -a" 125 "$jctl" start -a idle
check_exit "doctor shows it" 1 "$jctl" doctor
cp "$work/output" "$work/doctor"
check_output "with folder and free bytes" "^MISSING +room on disk +$work/data takes no more: [0-9]+ bytes are free\\." cat "$work/doctor"
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

"$jctl" exec again true >/dev/null 2>&1
pid=$("$jctl" inspect --format '{{.State.Pid}}' again)
kill -9 "$pid"
check "one that dies is not started on a full disk" until_ok 60 sh -c \
    "'$jctl' ps -a --filter name=again | grep -q Restarting"

# ---- room again
rm "$work/data/filler"
check "the agent writes again by itself" until_ok 60 grep -q 'there is room' "$work/agent.log"
check "what waited is started" until_ok 60 sh -c "'$jctl' ps --filter name=again | grep -q ' Up '"
check_output "and not counted twice" '^1$' "$jctl" inspect --format '{{.RestartCount}}' again
check "run works again" "$jctl" run --rm --network none host true
# ---- read-only
# Over itself, since files that are open for writing keep a mount from becoming read-only.
mount --bind "$work/data" "$work/data" && mount -o remount,bind,ro "$work/data"
check_exit "a read-only disk refuses what writes" 125 "$jctl" run --network none host true
cp "$work/output" "$work/refusal"
check_output "and says so" 'its file system is mounted read-only.*remount,rw' cat "$work/refusal"
check_output "ps works there" 'printer' "$jctl" ps -a
check_exit "doctor shows that" 1 "$jctl" doctor
cp "$work/output" "$work/doctor"
check_output "with what to do" 'room on disk .*mounted read-only.*remount,rw' cat "$work/doctor"
umount "$work/data"
check "and run works when it is writable" "$jctl" run --rm --network none host true
# ---- nothing is corrupted
kill "$agent"
wait "$agent" 2>/dev/null
start_agent
check "a daemon that starts anew takes up all" sh -c "'$jctl' ps -a | grep -q printer"
check "and complains of no record" sh -c "! grep -qE 'damaged|cannot be read' '$work/agent.log'"

finish
