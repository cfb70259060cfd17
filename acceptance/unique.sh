#!/bin/sh
# A unique task never has two live copies, whatever becomes of its node: the agent alone is killed, stopped, ended; the
# node is cut off, or has no power. Each copy writes down when it lives.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "unique tasks" u awk shuf
others() {
    for each in 1 2 3; do
        [ "$each" = "$1" ] || echo "$each"
    done
}
# alone NODE: where the task runs, as that node knows.
alone() {
    on "$1" service ps --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' alone |
        sed -n "s/^$lab-node\([0-9]*\) Running.*/\1/p"
}
runs() {
    alone "$1" > "$work/place" && [ -s "$work/place" ]
}
moved() {
    now=$(alone "$1") && [ -n "$now" ] && [ "$now" != "$2" ]
}
settled() {
    [ "$(on "$1" node ls --format '{{.Status}}' | grep -c Ready)" -eq 3 ] && [ "$(alone "$1" | wc -l)" -eq 1 ]
}
# Of each copy its first and last beat; they must not overlap.
apart() {
    for each in "$work/seen"/*; do
        echo "$(head -n 1 "$each") $(tail -n 1 "$each") ${each##*/}"
    done | sort -n | awk '{ if (NR > 1 && $1 <= last) { print "two at once:", before, $0; bad = 1 }
        if (NR > 1) printf "# %d ms between two copies\n", ($1 - last) / 1000000
        last = $2; before = $0 } END { exit bad }' > "$work/gaps"
    tail -n 1 "$work/gaps" >&3
    ! grep '^two' "$work/gaps"
}
exec 3>&1

check "three managers" cluster create --nodes 3 --managers 3
for node in 1 2 3; do
    check "node$node has an image" on "$node" image from-host -t l:1 sh sleep date
done
check_output "--pid host is refused" '--unique and --pid host exclude each other' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" service create -d --name bad --unique --pid host l:1 true' \
    "$jctl" "$work/$lab/node1"

mkdir "$work/seen" && chmod 777 "$work/seen"
beat='read -r id < /proc/sys/kernel/random/uuid; while :; do date +%s%N >> /seen/$id; sleep 0.05; done'
check "one alone" on 1 service create -d --name alone --unique --restart-delay 100ms \
    --mount "type=bind,source=$work/seen,target=/seen" l:1 sh -c "$beat"
check "it runs" until_ok 60 runs 1

# JCTL_UNIQUE_SEED=… repeats an order.
seed=${JCTL_UNIQUE_SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "# seed $seed"
order=$(printf '%s\n' kill pause cut power-off stop |
    shuf --random-source="$(awk -v "seed=$seed" 'BEGIN { srand(seed); for (i = 0; i < 999; i++) printf "%c", 33 + rand() * 90 }' \
        > "$work/random" && echo "$work/random")")
for fault in $order; do
    check "$fault: it runs" until_ok 60 runs 1
    place=$(cat "$work/place")
    # shellcheck disable=SC2046
    set -- $(others "$place")
    words=
    case $fault in
    cut) words="node$1 node$2" back='heal' ;;
    pause) back="resume node$place" ;;
    power-off) back="power-on node$place" ;;
    *) back="start node$place" ;;
    esac
    # shellcheck disable=SC2086
    check "$fault: node$place" cluster "$fault" "node$place" $words
    check "$fault: it runs elsewhere" until_ok 60 moved "$1" "$place"
    check "$fault: never two at once" apart
    # shellcheck disable=SC2086
    check "$fault: the node comes back" cluster $back
    check "$fault: all is settled" until_ok 60 settled "$1"
    check "$fault: never two at once, then either" apart
done
finish
