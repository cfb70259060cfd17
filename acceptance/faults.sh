#!/bin/sh
# What goes wrong on a host, and what must be true afterwards: a daemon killed at random instants, a
# thousand cycles, parallel starts, wrong options, full disks, programs that do not listen.
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "faults of a node" "needs root"
    finish
    exit 0
fi

# JCTL_FAULT_SEED=… repeats what an earlier one did, as far as time allows.
seed=${JCTL_FAULT_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
kills=${JCTL_FAULT_KILLS:-100}
cycles=${JCTL_FAULT_CYCLES:-1000}

# driver CLASS ARGUMENT…: a program of acceptance/faults on the agent's own jars.
driver() {
    class=$1
    shift
    . "$root/dist/current"
    build=$root/dist/$name
    . "$build/classpath"
    "$java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -cp "$classpath" "$root/acceptance/faults/$class.java" \
        "$jctl" "$work" "$@" || echo "not ok $class: exited with $?"
}

inspect() {
    "$jctl" inspect --format "$1" "$2"
}

# refuses NAME CODE PATTERN COMMAND…: exits with this code, says this, and no container is there after.
refuses() {
    name=$1
    expected=$2
    pattern=$3
    shift 3
    "$@" > "$work/output" 2>&1
    code=$?
    left=$("$jctl" ps -aq)
    if [ $code -eq "$expected" ] && grep -qiE -e "$pattern" "$work/output" && [ -z "$left" ]; then
        echo "ok $name"
    else
        echo "not ok $name: $* exited with $code (not $expected?), left $left, said:"
        sed 's/^/    /' "$work/output"
        # shellcheck disable=SC2086
        [ -z "$left" ] || "$jctl" rm -f $left > /dev/null 2>&1
    fi
}

keepers() {
    for process in /proc/[0-9]*; do
        grep -qs jctl-keeper "$process/comm" && grep -qs "$work/run/" "$process/maps" &&
            echo "${process#/proc/}"
    done
}

# Nothing of any container, as far as a command can see; Residue.java looks closer.
nothing_left() {
    [ -z "$("$jctl" ps -aq)" ] && [ -z "$(ls -A "$work/run/containers")" ] &&
        [ -z "$(ls -A "$work/data/containers")" ] && [ -z "$(keepers)" ] &&
        ! grep -q "$work/run" /proc/self/mountinfo
}

start_agent
check "makes an image of the host's programs" "$jctl" image from-host sh sleep echo cat dd true tail head

# ---- what is refused ----

refuses "a command that is not there" 127 'nosuch.*not found|no such file' \
    "$jctl" run --rm --network none host nosuch
refuses "a path that is not there" 127 'no such file|not found' \
    "$jctl" run --rm --network none host /nosuch/program
refuses "a file that is no program" 126 'permission|not executable|EACCES' \
    "$jctl" run --rm --network none host /etc/hostname
refuses "a folder as program" 126 'permission|directory|EACCES' "$jctl" run --rm --network none host /etc
refuses "an image nobody has" 125 'nosuch' \
    "$jctl" run --rm --pull never --network none nosuch:1 true
refuses "a network that is not there" 125 'network nosuch not found' \
    "$jctl" run --rm --network nosuch host true
refuses "too little memory" 125 'memory' "$jctl" run --rm --network none -m 1k host true
refuses "memory below zero" 125 'memory' "$jctl" run --rm --network none -m -5m host true
refuses "more processors than there are" 125 'cpus|processors' \
    "$jctl" run --rm --network none --cpus 100000 host true
refuses "no such processor" 125 'cpuset' \
    "$jctl" run --rm --network none --cpuset-cpus 4000 host true
refuses "an unknown capability" 125 'nosuch' \
    "$jctl" run --rm --network none --cap-add NOSUCH host true
refuses "an unknown resource limit" 125 'nosuch' \
    "$jctl" run --rm --network none --ulimit nosuch=1 host true
refuses "a name that is none" 125 'name' "$jctl" run --rm --network none --name '../x' host true
refuses "a user who is not there" 125 'nosuch' "$jctl" run --rm --network none -u nosuch host true
refuses "a source that is not there" 125 '/nosuch' "$jctl" run --rm --network none \
    --mount type=bind,source=/nosuch,target=/mnt host true

check "a name is taken" "$jctl" create --name twin --network none host true
check_output "a name is taken once" 'already in use' sh -c \
    "! '$jctl' create --name twin --network none host true"
check "and the first keeps it" "$jctl" rm twin

# ---- programs that do not listen, or are killed ----

check "starts a program that ignores SIGTERM" "$jctl" run -d --name deaf --network none host \
    sh -c "trap '' TERM; while :; do sleep 1; done"
before=$(date +%s)
check "stop gives it a second, then kills" "$jctl" stop -t 1 deaf
took=$(($(date +%s) - before))
check "not at once, and not after the standard ten" test "$took" -ge 1 -a "$took" -le 6
check_output "killed is 137" '^137 false$' inspect '{{.State.ExitCode}} {{.State.OOMKilled}}' deaf
check "and it is removed" "$jctl" rm deaf

check_exit "out of memory is 137" 137 "$jctl" run --name hungry --network none -m 16m host \
    sh -c 'tail /dev/zero; exit $?'
check_output "and reported as such" '^137 true$' \
    inspect '{{.State.ExitCode}} {{.State.OOMKilled}}' hungry
check "and it is removed" "$jctl" rm hungry

"$jctl" run -d --name orphan --network none host sleep 1000 > /dev/null
keeper=$(keepers)
check "one container has one keeper" test "$(echo "$keeper" | wc -w)" -eq 1
kill -9 "$keeper"
check "a container whose keeper was killed has ended" until_ok 10 sh -c \
    "'$jctl' inspect --format '{{.State.Status}}' orphan | grep -q exited"
check_output "its exit code is unknown, and it says why" 'keeper' "$jctl" inspect orphan
check "and it is removed" "$jctl" rm orphan

# ---- all at once ----

parallel() {
    for number in $(seq 50); do
        { "$jctl" run --rm host sh -c "echo $number; exit 4"; echo $?; } \
            > "$work/many.$number" 2>&1 &
        pids="$pids $!"
    done
    # shellcheck disable=SC2086
    wait $pids
    pids=
    for number in $(seq 50); do
        [ "$(tr '\n' ' ' < "$work/many.$number")" = "$number 4 " ] ||
            { cat "$work/many.$number"; return 1; }
    done
}
check "50 runs in parallel" parallel

race() {
    for number in $(seq 8); do
        "$jctl" run -d --name "race$number" host sleep 1000 > "$work/race.$number" 2>&1 &
        starting=$!
        # rm -f of what is not there is no error.
        until [ "$("$jctl" rm -f "race$number" 2>/dev/null)" = "race$number" ]; do
            # It runs before anybody could remove it: then that is removed.
            kill -0 $starting 2>/dev/null || { "$jctl" rm -f "race$number" || return 1; break; }
        done
        wait $starting
    done
}
check "rm -f while it starts" race
check "leaves nothing" until_ok 10 nothing_left

# ---- two agents, one agent less ----

check_output "a second agent on the same data folder refuses" 'another jctl agent \(process' sh -c \
    "! timeout 20 '$jctl' agent --data-dir '$work/data' --run-dir '$work/run2'"
check_output "a second agent on the same run folder refuses" 'another jctl agent \(process' sh -c \
    "! timeout 20 '$jctl' agent --data-dir '$work/data2' --run-dir '$work/run'"
rm -rf "$work/run2" "$work/data2"

"$jctl" run -d --name stays host sleep 1000 > /dev/null
pid=$(inspect '{{.State.Pid}}' stays)
kill "$agent"
wait "$agent"
check "a container goes on when its agent ends" test -d "/proc/$pid"
start_agent
check_output "and the next agent has it" "^running $pid\$" \
    inspect '{{.State.Status}} {{.State.Pid}}' stays
check "and it is removed" "$jctl" rm -f stays

# ---- a full disk ----

stop_agent
mkdir -p "$work/small"
if mount -t tmpfs -o size=24m,mode=755 tmpfs "$work/small" 2> /dev/null; then
    trap 'stop_agent; umount -l "$work/small"; clean_up' EXIT
    mv "$work/data" "$work/large"
    mkdir -p "$work/small/data" && ln -s small/data "$work/data"
    start_agent
    "$jctl" image from-host sh sleep echo cat dd true > /dev/null
    mkdir -p "$work/big" && head -c 60000000 /dev/urandom > "$work/big/file"
    tar -C "$work/big" -cf "$work/big.tar" file && rm -rf "$work/big"
    free=$(stat -f -c %a "$work/small")
    check_output "an import on a full disk says so" 'the disk of .* is full' sh -c \
        "! '$jctl' import '$work/big.tar' big:1"
    check "and leaves no byte of it" sh -c \
        "[ \$(stat -f -c %a '$work/small') -ge $((free - 16)) ] && ! '$jctl' image inspect big:1"
    rm -f "$work/big.tar"
    # The program may be faster than the note that it runs; then it is that which finds no space.
    fills() {
        "$jctl" run --name fills --network none host sh -c \
            'dd if=/dev/zero of=/file bs=1M count=60; echo still here' || true
    }
    check_output "output that no disk has space for is not lost silently" \
        'some output was lost|damaged|state\.json: No space left' fills
    check_output "while it is full none can be made, with a clear error" 'takes no more .*free space with' sh -c \
        "! '$jctl' create --name more --network none host true"
    check "one can be removed all the same" "$jctl" rm -f fills
    check_output "and then all is well again" '^fine$' \
        "$jctl" run --rm --network none host echo fine
    check "and nothing is left" until_ok 10 nothing_left
    stop_agent
    rm "$work/data" && mv "$work/large" "$work/data"
    umount "$work/small"
    trap clean_up EXIT
else
    skip "a full disk" "a tmpfs cannot be mounted"
fi

# ---- again and again ----

driver Kills "$kills" "$seed"
driver Cycles "$cycles"
finish
