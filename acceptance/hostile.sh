#!/bin/sh
# What a stranger may try against a node: names and environments, odd output, rude clients, and programs
# that want out of their container. What is printed after "seen:" are figures, not verdicts.
# (What stands in single quotes is for the container's shell; $run is a command and its words; silent is a
# file and not the command.)
# shellcheck disable=SC2016,SC2086,SC2094
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "strangers" "needs root"
    finish
    exit 0
fi
start_agent
cd "$work" || exit 1
socket=$work/run/jctl.sock
escape=$(printf '\033')
run="$jctl run --rm --network none"
daemon=$(pgrep -f "^[^ ]*java .*--data-dir $work/data" | head -n 1)

rude() {
    timeout 120 python3 "$root/acceptance/hostile/clients.py" "$socket" "$@"
}
memory_kib() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$daemon/status"
}
descriptors() {
    find "/proc/$daemon/fd" -mindepth 1 | wc -l
}
# seen WHEN: how large the daemon is, and a verdict if it is too large: its heap, its buffers and its code
# may have 96 MiB each, and the JVM needs some for itself.
seen() {
    echo "    seen: $1: daemon $(($(memory_kib) / 1024)) MiB, $(descriptors) descriptors"
    check "the daemon is of bounded size $1" test "$(memory_kib)" -lt 409600
}
# As long as it takes for what ended to be taken down, within reason.
settles() {
    tries=0
    while [ "$(descriptors)" -gt $((rested + 8)) ] && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    check "and no descriptor stays $1" test "$(descriptors)" -le $((rested + 8))
}
no_control() {
    ! LC_ALL=C grep -q "[$(printf '\001-\010\013\014\016-\037\177')]" "$1"
}
# terminal COMMAND: what it shows on a terminal.
terminal() {
    script -qec "$1" /dev/null < /dev/null > shown 2>&1
}

check "an image of the host's programs" "$jctl" image from-host sh ls cat id sleep chmod head ln mkdir \
    readlink mv rm
# It says nothing for a minute, beside all that follows.
rude silent 2000 90 > silent &
silent=$!

# ---- names, labels, environment
for name in "a${escape}[2J" -x ../x "$(printf 'a\nb')" "$(head -c 300 /dev/zero | tr '\0' a)"; do
    check_exit "no name: $(printf %.8s "$name" | tr -c '[:alnum:]./-' '?')" 125 $run --name "$name" host id
done
check "a label may be anything" "$jctl" run -d --name box --network none \
    --label "evil${escape}[2J=x${escape}]0;title" -e "EVIL=${escape}[2J" host sleep 1000
for shows in "ps --no-trunc" "ps --format {{.Labels}}" "inspect box" "inspect -f {{.Config.Labels}} box" \
    "inspect -f {{.Config.Env}} box" "events --since 1m --until 0s" "inspect no${escape}[2Jbody"; do
    terminal "'$jctl' $shows"
    check "no escape reaches the terminal from $(printf %s "$shows" | tr -d "$escape")" no_control shown
done
check_output "a program gets every byte" "x${escape}" "$jctl" inspect -f '{{.Config.Labels}}' box
"$jctl" run --rm --network none host "no${escape}[2Jprogram" > shown 2>&1
check "nor from an error" no_control shown
check "nor from the daemon's journal" no_control "$work/agent.log"
check_output "a program's own output is its own" "^${escape}\[1mbold" $run host \
    sh -c "printf '${escape}[1mbold\n'"
for option in --hostname --domainname --add-host --dns-search; do
    check_exit "no further line by $option" 125 $run $option "$(printf 'x:1.2.3.4\n6.6.6.6 evil')" host id
done
value=$(head -c 1000 /dev/zero | tr '\0' v)
number=0
while [ $number -lt 1000 ]; do
    number=$((number + 1))
    echo "V$number=$value"
done > thousand
check_output "a thousand variables of a kilobyte" '^1000$' $run --env-file thousand host \
    sh -c 'set > /all; n=0; while read -r l; do case $l in V[0-9]*) n=$((n + 1));; esac; done < /all; echo $n'
sed 's/^V/W/' thousand | cat - thousand > two
sed 's/^/X/' two | cat - two > four
(printf BIG=; head -c 140000 /dev/zero | tr '\0' b; echo) > large
check_exit "a variable larger than the kernel passes on is 126" 126 $run --env-file large host ls
cp "$work/output" said
check_output "and it says what to do" 'Argument list too long.*fewer or shorter' cat said
sed 's/^/Y/' four > others
check_exit "more than the daemon takes is 125" 125 $run --env-file four --env-file others host ls
cp "$work/output" said
check_output "and it says so" 'it takes 4194304; use fewer or shorter' cat said
head -c 1048576 /dev/zero | tr '\0' l | sed 's/^/long=/' > long
check "a label of a megabyte" $run --label-file long host id

# ---- output
(head -c 1048576 /dev/zero | tr '\0' x; echo) > line
head -c 5000000 /dev/urandom > binary
head -c 67108864 /dev/urandom | tr '\n' x > huge
for kind in line binary huge; do
    "$jctl" run --name "$kind" --network none -v "$work/$kind:/output:ro" host cat /output > out 2>&1
    check "every byte of a $kind arrives" cmp out $kind
    "$jctl" logs $kind > out
    check "and is logged" cmp out $kind
done
check_output "the last line of a huge one" '^67108864$' sh -c "'$jctl' logs --tail 1 huge | wc -c"
seen "after lines of 64 MiB"
"$jctl" rm line binary huge > /dev/null

# ---- clients
check "one that ticks" "$jctl" run -d --name tick --network none host \
    sh -c 'while :; do echo tick; sleep 0.1; done'
ticks() {
    "$jctl" logs tick | wc -l
}
"$jctl" ps > /dev/null
# Without the silent ones, who are there for a minute.
rested=$(($(descriptors) - 2000))
[ $rested -gt 0 ] || rested=$(descriptors)
seen "at rest"
rude crowd 500 tick > crowd < /dev/null
check_output "500 short calls beside 500 that last" '^answered 500 of 500$' cat crowd
check_output "and those last" '^held 500 of 500$' cat crowd
seen "after 1000 clients"
check "clients of jctl itself, many at once" sh -c "
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        '$jctl' logs -f tick > /dev/null & all=\"\$all \$!\"; done
    sleep 1
    for n in 1 2 3 4 5 6 7 8 9 10; do '$jctl' ps > ps\$n & these=\"\$these \$!\"; done
    for p in \$these; do wait \$p || exit 1; done
    kill \$all"
check "one that prints as fast as it can" "$jctl" run -d --name noisy --network none host \
    sh -c 'while :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done'
written() {
    find "$work/data/containers/$("$jctl" inspect -f '{{.Id}}' noisy)/log" -name 'output*' -printf '%s\n' |
        { sum=0; while read -r size; do sum=$((sum + size)); done; echo $sum; }
}
for what in "Logs noisy" "Attach noisy" "ExportContainer noisy" "Events "; do
    before=$(written)
    sleep 2 | rude deaf 40 $what > /dev/null &
    deaf=$!
    sleep 1
    check "others are served beside 40 that do not read ${what%% *}" timeout 20 "$jctl" ps
    check "its container prints on" test "$(written)" -ne "$before"
    seen "beside 40 deaf ones of ${what%% *}"
    wait $deaf
done
"$jctl" rm -f noisy > /dev/null
sleep 4 | rude heavy 500 4 > heavy &
heavy=$!
sleep 8
check "others are served beside 500 unfinished large requests" timeout 60 "$jctl" ps
seen "beside 500 unfinished large requests"
wait $heavy
check_output "rubbish harms nobody" '^bad: none of' rude rubbish 2 "${JCTL_HOSTILE_SEED:-7}"
check "and does not fill the journal" test "$(wc -c < "$work/agent.log")" -lt 10000

# ---- clients that are killed
files() {
    find "$work/data" "$work/run" -path "$work/data/containers/*" -prune -o -path "$work/run/*" -prune -o -print |
        wc -l
}
before=$(files)
head -c 100000000 /dev/urandom > large
tar cf large.tar large
# half: an archive whose end never comes, until the client is dead.
half() {
    cat large.tar
    while [ ! -e "killed$round" ]; do sleep 0.2; done
}
for round in 1 2 3; do
    "$jctl" attach --no-stdin tick > /dev/null 2>&1 &
    clients=$!
    "$jctl" exec tick sleep 7777 > /dev/null 2>&1 &
    clients="$clients $!"
    "$jctl" run --name "left$round" --network none host sleep 1000 > /dev/null 2>&1 &
    clients="$clients $!"
    half 2> /dev/null | "$jctl" import - "cut:$round" > /dev/null 2>&1 &
    clients="$clients $!"
    half 2> /dev/null | "$jctl" cp - tick:/tmp > /dev/null 2>&1 &
    clients="$clients $!"
    "$jctl" export tick > /dev/null 2>&1 &
    clients="$clients $!"
    # A client that is killed before it was heard proves nothing: a slow machine needs more than the second.
    for _ in $(seq 30); do
        sleep 1
        [ "$("$jctl" inspect -f '{{.State.Status}}' "left$round" 2> /dev/null)" = running ] &&
            [ "$("$jctl" top tick -o args | grep -c 'sleep 7777')" = "$round" ] && break
    done
    kill -9 $clients 2> /dev/null
    true > "killed$round"
    wait $clients 2> /dev/null
done
check_output "a run goes on without its client" '^running$' "$jctl" inspect -f '{{.State.Status}}' left2
check_output "a further process, too, as with docker" '^3$' sh -c "'$jctl' top tick -o args | grep -c 'sleep 7777'"
"$jctl" rm -f left1 left2 left3 box > /dev/null
"$jctl" exec tick sh -c 'for p in /proc/[0-9]*; do read -r c < $p/comm; [ "$c" = sleep ] && kill -9 ${p#/proc/}; done' \
    2> /dev/null
check_output "half an image is no image" '^0$' sh -c "'$jctl' images -q cut | wc -l"
check "and no file of theirs is left" test "$(files)" -le "$before"
wait $silent
check_output "2,000 that said nothing did not keep others out" '^connected 2000 others served True$' cat silent
check_output "and were hung up on" '^dropped 2000 of 2000$' cat silent
settles "after all of them"
seen "after all of them"

# ---- from inside
check_output "run leaves no descriptor open" '^0 1 2 3$' $run host sh -c 'echo $(ls /proc/self/fd)'
check_output "nor does exec" '^0 1 2 3$' "$jctl" exec tick sh -c 'echo $(ls /proc/self/fd)'
number=3
while [ $number -le 12 ]; do
    # A descriptor of the host's would be a way out (CVE-2024-21626).
    check_exit "no working directory in descriptor $number" 125 $run -w /proc/self/fd/$number host ls
    number=$((number + 3))
done
for file in /proc/self/exe /proc/1/exe /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches \
    /sys/kernel/uevent_helper /proc/sys/fs/binfmt_misc/register /sys/fs/cgroup/release_agent; do
    check_exit "$file is not written" 2 $run host sh -c "echo x > $file"
done
check_output "nothing of the keeper's is visible" '^1 2$' $run host sh -c 'ls /proc > /all
    for p in $(cat /all); do case $p in [0-9]*) printf "%s " $p;; esac; done | { read -r a b c; echo $a $b; }'
if [ -x /usr/bin/python3 ]; then
    for namespace in auto host; do
        options=
        [ $namespace = auto ] || options="--userns host"
        check_output "calls that lead out are refused (--userns $namespace)" '^allowed: none$' \
            $run $options -v /usr:/usr:ro \
            -v "$root/acceptance/hostile/calls.py:/calls.py:ro" host /usr/bin/python3 /calls.py
    done
else
    skip "calls that lead out" "needs /usr/bin/python3"
fi
setuid='cat /usr/bin/id > /id; chmod 4755 /id'
check "one with a setuid program" "$jctl" run -d --name plain --network none host sh -c "$setuid; sleep 1000"
check "and one that gains nothing by it" "$jctl" run -d --name bound --network none \
    --security-opt no-new-privileges host sh -c "$setuid; sleep 1000"
sleep 1
check_output "it works inside" 'euid=0' "$jctl" exec -u 1000 plain /id
check_exit "unless no-new-privileges is set" 1 sh -c "'$jctl' exec -u 1000 bound /id | grep euid=0"
"$jctl" rm -f plain bound > /dev/null

# ---- greed, beside one that ticks
before=$(ticks)
if [ -x /usr/bin/python3 ]; then
    check "a fork bomb" "$jctl" run -d --name bomb --network none --pids-limit 50 --cpus 0.5 -v /usr:/usr:ro host \
        /usr/bin/python3 -c '
import os, time
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)'
    sleep 2
    check_output "has fifty processes" '^50$' "$jctl" stats --no-stream --format '{{.PIDs}}' bomb
    check "and is removed" timeout 30 "$jctl" rm -f bomb
fi
check_exit "a memory hog is killed" 137 "$jctl" run --name hog --network none --memory 32m host \
    sh -c 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done'
check_output "and inspect says why" '^true$' "$jctl" inspect -f '{{.State.OOMKilled}}' hog
check_exit "/dev/shm is bounded" 1 $run host sh -c 'head -c 100000000 /dev/zero > /dev/shm/f'
sleep 1
check "its neighbour ticks on" test "$(($(ticks) - before))" -ge 20

# ---- links in a folder two containers share
mkdir shared inside
echo inner > inside/file
echo SECRET > secret
check "one that swaps a folder for a link" "$jctl" run -d --name swapper --network none -v "$work/shared:/s" host \
    sh -c 'mkdir /s/way; ln -s / /s/link; while :; do mv /s/way /s/spare; mv /s/link /s/way
        mv /s/way /s/link; mv /s/spare /s/way; done'
swapped() {
    round=0
    while [ $round -lt 20 ]; do
        round=$((round + 1))
        $run -v "$work/shared:/s" -v "$work/inside:/s/way/mnt" host sh -c "ls $work /s/way/mnt" 2>/dev/null
    done > listed
    ! grep -q secret listed && ! [ -e /mnt/file ] && ! grep -q "$work/inside" /proc/self/mountinfo
}
check "mounts below it stay in their container" swapped
"$jctl" rm -f swapper tick hog > /dev/null
finish
