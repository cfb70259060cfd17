#!/bin/sh
# What breaks off, stands still or crowds in: an agent killed in the middle of a pull, clients that stop
# reading, hundreds at once; and processes that reach for those of others.
# (What stands in single quotes is for the container's shell; $run is a command and its words; agent is
# ended by lib/cases.sh.)
# shellcheck disable=SC2016,SC2034,SC2086,SC2217
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "rude clients" "needs root"
    finish
    exit 0
fi
if ! [ -x /usr/bin/python3 ]; then
    skip "rude clients" "needs /usr/bin/python3"
    finish
    exit 0
fi
clients=
registry=
trap 'kill -9 $clients $registry 2>/dev/null; clean_up' EXIT
mkdir "$work/registry"
/usr/bin/python3 "$root/acceptance/hostile/registry.py" "$work/registry" > "$work/registry.log" 2>&1 &
registry=$!
start_agent
run="$jctl run --rm --network none"
memory_kib() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$agent/status"
}
descriptors() {
    find "/proc/$agent/fd" -mindepth 1 | wc -l
}
# Files and bytes of what is neither an image nor a container.
rest() {
    find "$work/data" -type f ! -path '*/layers/*' ! -path '*/blobs/*' ! -path '*/containers/*' -size +1M | wc -l
}

# ---- an agent that is killed in the middle of a pull
check "a registry" until_ok 60 test -f "$work/registry/port"
image=127.0.0.1:$(cat "$work/registry/port")/random:1
pulling() {
    "$jctl" pull "$image" > "$work/pull" 2>&1 &
    pull=$!
    until_ok 60 sh -c "[ \$(wc -l < '$work/registry/halves') -ge $1 ] &&
        [ \$(du -sk '$work/data' | cut -f 1) -gt $((used + 8000)) ]"
}
used=$(du -sk "$work/data" | cut -f 1)
for round in 1 2; do
    check "a pull is half done" pulling "$round"
    kill -9 "$agent"
    wait "$agent" 2> /dev/null
    check "its client ends, too ($round)" until_ok 60 sh -c "! kill -0 $pull 2> /dev/null"
    check_output "and says why" 'jctl: ' cat "$work/pull"
    rm -f "$work/run/jctl.sock"
    start_agent
    check_exit "there is no half an image" 1 "$jctl" image inspect "$image"
done
touch "$work/registry/go"
check "then the pull works" "$jctl" pull "$image"
check_output "to the last byte" '^0$' sh -c "'$jctl' save '$image' | tar tf - > /dev/null; echo \$?"
check "and is no longer than itself" sh -c "[ \$(du -sk '$work/data' | cut -f 1) -lt 60000 ]"
check_output "nothing of the others is left" '^0$' rest
check "it is removed" "$jctl" rmi "$image"
check "with all it took" sh -c "[ \$(du -sk '$work/data' | cut -f 1) -lt 2000 ]"

# ---- clients that stop reading
check "an image of the host's programs" "$jctl" image from-host sh sleep head cat ls
check "a large image" sh -c "head -c 60000000 /dev/urandom > '$work/large' && tar -C '$work' -cf - large | '$jctl' import - large:1"
check "a container with a large file" "$jctl" create --name box --network none host true
"$jctl" cp "$work/large" box:/large > /dev/null
"$jctl" ps > /dev/null
rested=$(descriptors)
for reads in "save large:1" "cp box:/large -" "export box"; do
    clients=
    for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
        # Nobody reads its output: it stands still, and so does what it asked for.
        rm -f "$work/deaf.$number"
        mkfifo "$work/deaf.$number"
        sleep 600 < "$work/deaf.$number" &
        clients="$clients $!"
        "$jctl" $reads > "$work/deaf.$number" 2> /dev/null &
        clients="$clients $!"
    done
    sleep 4
    check "others are served beside twelve that do not read ${reads%% *}" timeout 20 "$jctl" ps
    echo "    seen: beside them: daemon $(($(memory_kib) / 1024)) MiB, $(descriptors) descriptors"
    check "the daemon is of bounded size" test "$(memory_kib)" -lt 409600
    kill -9 $clients 2> /dev/null
    wait $clients 2> /dev/null
    clients=
    tries=0
    while [ "$(descriptors)" -gt $((rested + 6)) ] && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    check "what they asked for ends with them" test "$(descriptors)" -le $((rested + 6))
done
check_output "the image is whole" '^0$' sh -c "'$jctl' save large:1 | tar tf - > /dev/null; echo \$?"
check "the container is removed" "$jctl" rm box
check "and the image" "$jctl" rmi large:1

# ---- hundreds at once
check "one that is listed" "$jctl" run -d --name listed --network none host sleep 1d
crowd() {
    asked=0
    while [ $asked -lt 500 ]; do
        these=
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
            "$jctl" ps -q > "$work/ps.$number" 2>&1 &
            these="$these $!"
        done
        for process in $these; do
            wait $process || return 1
        done
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
            [ "$(wc -c < "$work/ps.$number")" -eq 13 ] || return 1
        done
        asked=$((asked + 25))
    done
}
check "500 of jctl ps, 25 at a time, all succeed" crowd
echo "    seen: after them: daemon $(($(memory_kib) / 1024)) MiB, $(descriptors) descriptors"

# ---- reaching for the processes of others
check "another container" "$jctl" run -d --name other --network none host sleep 1d
sleep 1000 &
victim=$!
clients=$victim
other=$("$jctl" inspect -f '{{.State.Pid}}' other)
keeper=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$other/status")
reach="-v /usr:/usr:ro -v $root/acceptance/hostile/reach.py:/reach.py:ro host /usr/bin/python3 /reach.py"
# With --pid host and root's own rights nothing is left to hold them back: that is what it is for.
for how in "" "--cap-add SYS_PTRACE --cap-add KILL" "--cap-add ALL" "--userns host --cap-add SYS_PTRACE --cap-add KILL --cap-add SYS_ADMIN" \
        "--pid host --user 64321:64321"; do
    check_output "nobody else's process is reached ${how:-from a usual container}" '^reached: none$' \
        $run $how $reach $victim $other $keeper $agent
    check "they are there still" kill -0 $victim $other $keeper $agent
done
$run host sh -c 'sleep 100 & kill -9 -1' > /dev/null 2>&1
check "the others live" kill -0 $victim $other $keeper $agent
check_output "and the other container runs" '^running$' "$jctl" inspect -f '{{.State.Status}}' other
kill $victim
"$jctl" rm -f other listed > /dev/null
finish
