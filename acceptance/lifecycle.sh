#!/bin/sh
# Restart, pause, rename, update, restart policies, health checks and --init, as a user meets them.
. "$(dirname "$0")/lib/cases.sh"

# eventually NAME COMMAND…: ok once it exits with 0; bounded, since a broken one must end.
eventually() {
    name=$1
    shift
    tries=0
    while ! "$@" > "$work/output" 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ]; then
            echo "not ok $name: $* did not come true"
            sed 's/^/    /' "$work/output"
            return
        fi
        sleep 0.2
    done
    echo "ok $name"
}

# field FORMAT CONTAINER VALUE: whether inspect shows that value.
field() {
    [ "$("$jctl" inspect -f "$1" "$2")" = "$3" ]
}

status() {
    "$jctl" ps -a --filter "name=$1" --format '{{.Status}}' | grep -qE "$2"
}

if [ "$(id -u)" -ne 0 ]; then
    skip "life of a container" "needs root"
    finish
    exit
fi
start_agent

run() {
    "$jctl" run -d --network none "$@"
}

check "a container begins" run --name web host sleep 1000
first=$("$jctl" inspect -f '{{.State.Pid}}' web)
check "it is restarted" "$jctl" restart -t 0 web
check "it is another process" test "$first" != "$("$jctl" inspect -f '{{.State.Pid}}' web)"
check "it is paused" "$jctl" pause web
check "ps says so" status web 'Up .*\(Paused\)'
check_exit "nothing more is run in it" 1 "$jctl" exec web true
check_exit "it cannot be paused twice" 1 "$jctl" pause web
check "it goes on" "$jctl" unpause web
check "and is stopped while it is paused" sh -c "'$jctl' pause web && '$jctl' stop -t 1 web"
check "it is exited" field '{{.State.Status}}' web exited
check "it gets another name" "$jctl" rename web front
check_exit "the old one is free" 1 "$jctl" inspect web
check "it starts under it" "$jctl" start front

memory() {
    "$jctl" exec front sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null ||
        cat /sys/fs/cgroup/memory.max'
}
check "its memory is limited while it runs" "$jctl" update -m 64m --restart always front
check_output "the kernel says so" '^67108864$' memory
check "and raised" "$jctl" update -m 128m front
check_output "the kernel says so again" '^134217728$' memory
check "inspect shows both" field '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}' front \
    '134217728 always'
check_exit "a limit out of range is refused" 1 "$jctl" update -m 1k front
check_output "and changes nothing" '^134217728$' memory

check_exit "a policy nobody knows is refused" 125 "$jctl" run --restart maybe host true
check_exit "--rm and --restart exclude each other" 125 "$jctl" run --rm --restart always host true
check "one that fails is tried again" run --name fails --restart on-failure:2 host sh -c 'exit 3'
eventually "as often as was said" field '{{.RestartCount}} {{.State.Status}}' fails '2 exited'
check "one that ends is started again" run --name again --restart always host true
eventually "more than once" sh -c \
    "[ \"\$('$jctl' inspect -f '{{.RestartCount}}' again)\" -ge 2 ]"
check "until it is stopped" "$jctl" stop again
check "for good" field '{{.State.Status}}' again exited
kill -9 "$("$jctl" inspect -f '{{.State.Pid}}' front)"
eventually "one whose process was killed comes back" field '{{.RestartCount}} {{.State.Status}}' \
    front '1 running'

check "a container that is well" run --name well --health-cmd 'true' --health-interval 100ms \
    host sleep 1000
eventually "is healthy" status well '\(healthy\)'
check "one that is not" run --name ill --health-cmd 'echo no; exit 1' --health-interval 100ms \
    --health-retries 2 host sleep 1000
eventually "is unhealthy" status ill '\(unhealthy\)'
check "and says why" sh -c "'$jctl' inspect ill | grep -q 'Output.*no'"
check "a check that takes too long fails" run --name slow --health-cmd 'sleep 1000' \
    --health-interval 100ms --health-timeout 100ms --health-retries 1 host sleep 1000
eventually "and is ended" sh -c "'$jctl' inspect slow | grep -q 'exceeded timeout'"

# What the shell inside expands is for that shell.
# shellcheck disable=SC2016
check_output "an init is the first process" '^1 jctl-init$' "$jctl" run --rm --init --network none host \
    sh -c 'echo 1 $(cat /proc/1/comm)'
check_exit "it ends as the program does" 7 "$jctl" run --rm --init --network none host sh -c 'exit 7'
check_exit "also by a signal" 137 "$jctl" run --rm --init --network none host sh -c 'kill -9 $$'
check_exit "a program that is not there is 127" 127 "$jctl" run --rm --init --network none host nowhere
check "an init with orphans" run --init --name reaper host \
    sh -c '(sleep 0.2 & sleep 0.1 &); trap "exit 9" TERM; while :; do sleep 0.1; done'
zombies() {
    ! "$jctl" exec reaper sh -c 'cat /proc/[0-9]*/stat' | grep -q ' Z '
}
eventually "buries them" zombies
check "and passes signals on" "$jctl" stop -t 20 reaper
check "so that the program ends by itself" field '{{.State.ExitCode}}' reaper 9

check "one is paused when the daemon is killed" "$jctl" pause well
kill -9 "$agent"
wait "$agent" 2>/dev/null
rm -f "$work/run/jctl.sock"
start_agent
check "the next one finds it paused" field '{{.State.Status}}' well paused
check "and the other as it was" field '{{.State.Status}}' front running
finish
