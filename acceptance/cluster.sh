#!/bin/sh
# A cluster of three managers in virtual hosts: services come to run, are changed and explained; then cables are cut,
# agents killed, paused and stopped, hosts turned off; and what was promised still holds.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "the cluster" c awk
all="1 2 3"

now_millis() {
    date +%s%3N
}
# note WHAT SINCE: a figure for whoever reads the log; nothing depends on it.
note() {
    echo "# $1: $(($(now_millis) - $2)) ms (load $(cut -d ' ' -f 1 /proc/loadavg))"
}
# started NODE WORD…: its agent, with the words added to its command, and the end of its log if it ends.
started() {
    number=$1
    shift
    for word in "$@"; do
        set -- "$@" --agent-option "$word"
        shift
    done
    cluster start "node$number" "$@"
}
# running NODE SERVICE: its tasks that run, "PLACE NODE" each, as that node knows.
running() {
    on "$1" service ps --filter desired-state=running --format '{{.Name}} {{.Node}} {{.CurrentState}}' "$2" |
        awk '$3 == "Running" { print $1, $2 }' | sort
}
# runs NODE SERVICE COUNT: so many tasks run, of so many places.
runs() {
    [ "$(running "$1" "$2" | sed 's/ .*//' | tee "$work/places" | sort -u | wc -l)" -eq "$3" ] &&
        [ "$(wc -l < "$work/places")" -eq "$3" ]
}
# left NODE COUNT: so many of web run elsewhere. Of a node that is not heard of nobody says that they ended.
left() {
    [ "$(running "$(others "$1" | head -n 1)" web | grep -v "$lab-node$1\$" | sed 's/ .*//' | sort -u | wc -l)" -eq "$2" ]
}
# containers of a node that run: their ids
ids() {
    on "$1" ps -q --no-trunc | sort
}
# leader NODE: the number of the node that leads, as that one knows
leader() {
    on "$1" cluster status | sed -n "s/^$lab-node\([0-9]\).* voter  *yes .*/\1/p"
}
leads_other() {
    other=$(leader "$1") && [ -n "$other" ] && [ "$other" != "$2" ]
}
others() {
    for each in $all; do [ "$each" = "$1" ] || echo "$each"; done
}
ready() {
    [ "$(on "$1" node ls --format '{{.Status}}' | grep -c Ready)" -eq "$2" ]
}
node_is() {
    on "$1" node ls --format '{{.Hostname}} {{.Status}}' | grep -q "^$lab-node$2 $3"
}
agree() {
    for each in $all; do on "$each" cluster status -o json | grep '"Digest"'; done | sort -u > "$work/digests"
    [ "$(wc -l < "$work/digests")" -eq 1 ]
}
# settled NODE: all nodes are there, services of the test have what they want, and all managers know the same.
settled() {
    ready "$1" $nodes && runs "$1" web 6 && agree
}
steady='trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'

# ---- three managers ----

check "a lab of three is made" "$jctl" lab cluster --base "$work" --name "$lab" --nodes 4
nodes=3
token() {
    on 1 cluster token create --role "$1" | grep -o 'JCTL-[^ ]*'
}
check "the first command founds a cluster" on 1 cluster token create --role manager
manager_token=$(token manager)
for node in 2 3 4; do
    cluster stop node$node
done
# The agent serves its node, then joins; if it cannot, it says why and ends.
no_agent() {
    cluster ls | grep -q "^node$1 .* no agent "
}
refused() {
    name=$1
    pattern=$2
    shift 2
    started 2 "$@" > /dev/null 2>&1
    check "$name: the agent ends" until_ok 20 no_agent 2
    check_output "$name: and says why" "$pattern" tail -n 1 "$work/$lab/node2/agent.log"
}
refused "a token cut short" 'cut short' --join '{first}:2377' --token "$(echo "$manager_token" | cut -c 1-40)"
refused "no token" 'token' --join '{first}:2377' --token x
refused "a wrong port" ':2399' --join '{first}:2399' --token "$manager_token"
check "node3 is a cluster of its own for a while" started 3 --cluster-addr '{address}'
foreign=$(on 3 cluster token create --role manager | grep -o 'JCTL-[^ ]*')
refused "another cluster's token" 'another cluster' --join '{first}:2377' --token "$foreign"
cluster stop node3
rm -rf "$work/$lab/node3/data/cluster"
since=$(now_millis)
for node in 2 3; do
    check "node$node joins as a manager" started $node --join '{first}:2377' --token "$manager_token"
done
check "three nodes are ready" until_ok 30 ready 1 3
note "two managers joined" "$since"
check "and agree" until_ok 20 agree
for node in $all; do
    check "node$node has an image" on "$node" image from-host -t l:1 sh sleep cat hostname date true false
done

# ---- services ----

since=$(now_millis)
check "six are wanted" on 1 service create --name web --replicas 6 --update-order start-first --update-parallelism 2 \
    --update-monitor 200ms --restart-delay 100ms l:1 sh -c "$steady"
note "six run" "$since"
spread() {
    running 1 web | cut -d ' ' -f 2 | sort | uniq -c | awk '{ printf "%s ", $1 } END { print "" }'
}
check_output "they are spread evenly" '^2 2 2 $' spread
check "nine are" on 1 service scale web=9
check "nine run" until_ok 20 runs 2 web 9
check "six again" on 1 service scale web=6
check "six run" until_ok 20 runs 3 web 6
fewest() {
    on 1 service update --env-add V=2 web > "$work/update" 2>&1 &
    updating=$!
    least=6
    while kill -0 $updating 2> /dev/null; do
        count=$(on 2 service ps --format '{{.CurrentState}}' web | grep -c '^Running')
        [ "$count" -ge "$least" ] || least=$count
    done
    wait $updating || return 1
    echo "fewest $least"
}
check_output "an update that starts first loses none" '^fewest 6$' fewest
check_exit "an update whose program fails is told of" 1 on 1 service update --update-failure-action rollback \
    --update-monitor 1s --restart-max-attempts 1 --args "sh -c 'exit 3'" web
check_output "and taken back" 'rollback_completed|rolled back|ROLLED_BACK|rolled_back' on 1 service inspect web
check "six of the old run" until_ok 20 runs 1 web 6
check_output "node by node it is said why one has no place" 'fits|lacks|lack' sh -c '
    JCTL_HOST=unix://$1/run/jctl.sock "$0" service create -d --name big --reserve-memory 90000g l:1 true
    sleep 1; JCTL_HOST=unix://$1/run/jctl.sock "$0" why big' "$jctl" "$work/$lab/node1"
for node in $all; do
    check_output "node$node is named" "$lab-node$node" on 1 why big
done

# ---- who waits, and in which order ----

# queue NODE WORD…: its rows, with single spaces.
queue() {
    number=$1
    shift
    on "$number" project queue "$@" | tr -s ' ' ' '
}
check_output "who waits is listed with the reason" \
    "^1 default big 1 .* ago 0 [0-9]+% 3 nodes lack .*memory" queue 2
check "a project has a quota" on 1 project create --cpus 0.2 --weight 2 small
check "three are of it, of which its quota lets two run" on 1 service create -d --name few --project small \
    --priority 3 --replicas 3 --reserve-cpu 0.1 l:1 sh -c "$steady"
check "two run" until_ok 20 runs 1 few 2
check "a more important one has no place" on 1 service create -d --name urgent --priority 9 \
    --reserve-memory 90000g l:1 true
check "the order is the scheduler's: priority first, then who came first" until_ok 10 sh -c '
    [ "$(JCTL_HOST=unix://$1/run/jctl.sock "$0" project queue --format "{{.Position}} {{.Service}} {{.Waiting}}" |
        tr "\n" " ")" = "1 urgent 1 2 few 1 3 big 1 " ]' "$jctl" "$work/$lab/node3"
check_output "a quota is the reason" '^2 small few 1 .* 3 [0-9]+% project small has as much as its quota allows' \
    queue 1 small
check_output "as data" '^{"Position":2,"Project":"small","Service":"few",' on 1 project queue --format json small
check "its id alone" test "$(on 1 project queue -q small)" = "$(on 1 service ls -q --filter name=few --no-trunc)"
check_output "a project nobody has is told of" 'no project nosuch' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" project queue nosuch' "$jctl" "$work/$lab/node1"
check "the quota is raised" on 1 project update --cpus 0.3 small
check "the third runs" until_ok 20 runs 1 few 3
check "and waits no more" test -z "$(on 1 project queue -q small)"
check "all that was for this goes" on 1 service rm few urgent
check "and the project" until_ok 20 on 1 project rm small
check "it is removed" on 1 service rm big
check "a label" on 1 node label "$lab-node2" disk=fast
check "a service for it alone" on 1 service create --name fast --replicas 2 --constraint node.labels.disk==fast \
    l:1 sh -c "$steady"
fast_nodes() {
    running 1 fast | cut -d ' ' -f 2 | sort -u | tr '\n' ' '
}
check_output "both are there" "^$lab-node2 \$" fast_nodes
check "it is removed" on 1 service rm fast
check "one on each" on 1 service create --name each --mode global l:1 sh -c "$steady"
check "three run" until_ok 20 runs 1 each 3
check "it is removed" on 1 service rm each
check "a job is done" on 1 service create --name once --mode replicated-job --replicas 3 --max-concurrent 2 l:1 true
completed() {
    [ "$(on 1 service ps --format '{{.CurrentState}}' once | grep -c '^Complete')" -eq 3 ]
}
check "three times" until_ok 20 completed
check "it is removed" on 1 service rm once
# does COUNTS: what the list says of the global job
does() {
    [ "$(on 1 service ls --filter name=tidy --format '{{.Mode}} {{.Replicas}}')" = "global job $1" ]
}
# tries STATE: on which nodes the global job has tasks in that state, one line for each
tries() {
    on 1 service ps --format '{{.Node}} {{.CurrentState}}' tidy | sed -n "s/ $1.*//p" | sort
}
everywhere() {
    [ "$(tries Complete | tr '\n' ' ')" = "$lab-node1 $lab-node2 $lab-node3 " ]
}
check_output "what a global job would do is told" "^\\+ start tidy.$lab-node3 on $lab-node3" \
    on 1 service plan --name tidy --mode global-job l:1 true
check "a global job is done on each node" on 1 service create --name tidy --mode global-job l:1 true
check "which the list says" does '0/3 (3/3 completed)'
check "once on each" everywhere
check_output "and why" '^tidy: 3 of 3 have come to a good end' on 1 why tidy
check_output "it is inspected" '^Service Mode: +GlobalJob' on 1 service inspect --pretty tidy
check_output "it is not scaled" 'cannot be scaled: a global job runs once on each node' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" service scale tidy=2' "$jctl" "$work/$lab/node1"
ran() {
    on 1 service ps -q --no-trunc tidy | sort
}
no_old() {
    ! ran | grep -qxFf "$work/first"
}
ran > "$work/first"
check "an update runs it again" on 1 service update --force tidy
check "on each node" everywhere
check "with other tasks" no_old
check "where it fails it is tried again" on 1 service update -d --restart-max-attempts 2 --restart-delay 100ms \
    --args "sh -c 'exit 3'" tidy
failed() {
    [ "$(tries Failed | wc -l)" -eq 9 ]
}
check "twice on each node" until_ok 20 failed
sleep 2
check "and no more" failed
check "it is removed" on 1 service rm tidy
check "a secret" sh -c 'echo hunter2 | JCTL_HOST=unix://$1/run/jctl.sock "$0" secret create password -' \
    "$jctl" "$work/$lab/node1"
check "a config" on 1 config create motd /etc/hostname
check "are for a service" on 1 service create --name reader --secret password \
    --config source=motd,target=/etc/motd l:1 sh -c 'cat /run/secrets/password /etc/motd; exec sleep 1000'
# reads TEXT: what the service's container printed, on whichever node it is
reads() {
    for each in $all; do
        for id in $(ids "$each"); do on "$each" logs "$id"; done
    done | grep -qxF "$1"
}
check "whose program reads the one" until_ok 20 reads hunter2
check "and the other" until_ok 20 reads "$(cat /etc/hostname)"
check "it is removed" on 1 service rm reader
check "node3 is drained" on 1 node drain "$lab-node3"
check "what ran there runs elsewhere" until_ok 20 left 3 6
check "a global job leaves it out" on 1 service create --name tidy --mode global-job l:1 true
check "as the list says" does '0/2 (2/2 completed)'
check_output "and why" "Node $lab-node3 does not get it now: it is drained" on 1 why tidy
check "and is activated" on 1 node activate "$lab-node3"
check "and then does the job" until_ok 20 does '0/3 (3/3 completed)'
ran > "$work/first"

# ---- what is refused ----

check_output "a name is taken once" 'service web is there already' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" service create -d --name web l:1 true' "$jctl" "$work/$lab/node2"
check_output "an unknown service is told of" 'nosuch' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" service scale nosuch=2' "$jctl" "$work/$lab/node2"
wrong() {
    ! on 1 service create -d --name bad --unique --update-order start-first --project 'x y' \
        --secret source=a,target=/x --secret source=b,target=/x l:1 true
}
for field in '4 problems' 'project: "x y"' 'update.order: start-first' 'task.secrets: two' 'secret b: its target'; do
    check_output "with many mistakes each is named: $field" "$field" wrong
done

# ---- faults ----

check "all is settled" until_ok 30 settled 1
check "node3 gets its share again" on 1 service update --force --update-parallelism 6 web
check "all is settled" until_ok 30 settled 1

since=$(now_millis)
check "the power of node3 fails" cluster power-off node3
check "its tasks are replaced" until_ok 30 left 3 6
note "node off, replacements running" "$since"
check "it comes back" cluster power-on node3
check "no place has two" until_ok 30 settled 1
ran > "$work/second"
check "the job that was done there is not done again" cmp "$work/first" "$work/second"
check "the job is removed" on 1 service rm tidy

# On a busy machine a node may be given up for a moment, just when its share is dealt out.
dealt() {
    on 1 service update --force --update-parallelism 6 web && [ -n "$(ids 3)" ]
}
check "work for all three" until_ok 90 dealt
check "all is settled" until_ok 30 settled 1
before=$(ids 3)
check "node3 has some" test -n "$before"
check "its agent is killed" cluster kill node3
check "and started" cluster start node3
check "all is settled" until_ok 30 settled 1
check "its containers are the same" test "$before" = "$(ids 3)"
check "its agent is stopped" cluster stop node3
check "and started" cluster start node3
check "all is settled" until_ok 30 settled 1
check "its containers are the same" test "$before" = "$(ids 3)"

lead=$(leader 1)
writes() {
    JCTL_HOST=unix://$work/$lab/node$1/run/jctl.sock timeout 10 "$jctl" node label "$lab-node1" "$2"
}
first=$(others "$lead" | head -n 1)
before=$(for each in $all; do ids "$each"; done)
since=$(now_millis)
check "the leader, node$lead, is killed" cluster kill "node$lead"
check "a write is accepted" until_ok 20 writes "$first" after=kill
note "leader killed, next write accepted" "$since"
check "it is started" cluster start "node$lead"
check "all is settled" until_ok 30 settled 1
check "no container was touched" test "$before" = "$(for each in $all; do ids "$each"; done)"

for way in "" --one-way; do
    lead=$(leader 1)
    # shellcheck disable=SC2046
    set -- $(others "$lead")
    since=$(now_millis)
    # shellcheck disable=SC2086
    check "the leader, node$lead, is cut off ${way:-both ways}" cluster cut $way "node$lead" "node$1" "node$2"
    check "another leads" until_ok 20 leads_other "$1" "$lead"
    note "leader cut off, another leads" "$since"
    check "which accepts a write" until_ok 20 writes "$1" "cut$way=yes"
    check_exit "the old one does not" 1 sh -c 'JCTL_HOST=unix://$1/run/jctl.sock timeout 20 "$0" node label "$2" old=no \
        || exit 1' "$jctl" "$work/$lab/node$lead" "$lab-node1"
    check "the cables are healed" cluster heal
    check "all is settled" until_ok 40 settled 1
    check_output "what was written is there" "cut$way" on "$lead" node inspect "$lab-node1"
    check_exit "what was refused is not" 1 sh -c 'JCTL_HOST=unix://$1/run/jctl.sock "$0" node inspect "$2" | grep -w old' \
        "$jctl" "$work/$lab/node$lead" "$lab-node1"
done

lead=$(leader 1)
first=$(others "$lead" | head -n 1)
# writing NODE: labels by that node, until there were enough.
writing() {
    while [ ! -e "$work/enough" ]; do
        on "$1" node label "$lab-node1" "stood$1=$(now_millis)"
    done
}
writers=
for each in $all; do
    writing "$each" > "$work/writing$each" 2>&1 &
    writers="$writers $!"
done
check "the leader, node$lead, is paused while it is written to" cluster pause "node$lead"
check "another leads" until_ok 20 leads_other "$first" "$lead"
# Longer than Ratis leaves a member open that stood still.
sleep 65
check "it goes on" cluster resume "node$lead"
check "and has what was written meanwhile" until_ok 20 writes "$lead" "slept=yes"
touch "$work/enough"
# shellcheck disable=SC2086
wait $writers
check "all is settled" until_ok 40 settled 1

# ---- one alone, never two ----

mkdir "$work/seen" && chmod 777 "$work/seen"
beat='read -r id < /proc/sys/kernel/random/uuid; while :; do date +%s%N >> /seen/$id; sleep 0.05; done'
check "one alone" on 1 service create --name alone --unique --restart-delay 100ms \
    --mount "type=bind,source=$work/seen,target=/seen" l:1 sh -c "$beat"
alone() {
    running "$1" alone | sed -n "s/.*$lab-node//p"
}
moved() {
    now=$(alone "$1") && [ -n "$now" ] && [ "$now" != "$2" ]
}
# Of each copy its first and last beat; they must not overlap.
overlap() {
    for each in "$work/seen"/*; do
        echo "$(head -n 1 "$each") $(tail -n 1 "$each") ${each##*/}"
    done | sort -n | awk '{ if (NR > 1 && $1 <= last) { print "two at once:", before, $0; bad = 1 }
        if (NR > 1) printf "# %d ms between two copies\n", ($1 - last) / 1000000
        last = $2; before = $0 } END { exit bad }' >&3
}
exec 3>&1
# A leader's own node, and one that is not.
for turn in 1 2 3; do
    place=$(alone 1)
    # shellcheck disable=SC2046
    set -- $(others "$place")
    case $turn in
    1) check "its node$place is cut off" cluster cut "node$place" "node$1" "node$2" ;;
    2) check "the power of its node$place fails" cluster power-off "node$place" ;;
    3) check "its node$place hears nobody" cluster cut --one-way "node$1" "node$place"
        check "not the other either" cluster cut --one-way "node$2" "node$place" ;;
    esac
    check "it runs elsewhere" until_ok 40 moved "$1" "$place"
    case $turn in
    2) check "the node comes back" cluster power-on "node$place" ;;
    *) check "the cables are healed" cluster heal ;;
    esac
    check "all is settled" until_ok 40 settled 1
    check "it runs once" until_ok 20 runs 1 alone 1
    check "never two at once" overlap
done
check "it is removed" on 1 service rm alone

# ---- a worker ----

check "node4 joins as a worker" started 4 --join '{first}:2377' --token "$(token worker)"
nodes=4
check "it is ready" until_ok 30 settled 1
check "and has an image" on 4 image from-host -t l:1 sh sleep cat hostname date true false
check_output "it answers no manager's questions" 'only managers answer that' \
    sh -c '! JCTL_HOST=unix://$1/run/jctl.sock "$0" service ls' "$jctl" "$work/$lab/node4"
check "a service for it alone" on 1 service create --name far --replicas 2 --restart-delay 100ms \
    --constraint "node.hostname==$lab-node4" l:1 sh -c "$steady"
before=$(ids 4)
first=$(echo "$before" | head -n 1)
started_at() {
    on 4 inspect -f '{{.State.Status}} {{.State.StartedAt}}' "$1"
}
was=$(started_at "$first")
check "it is cut off from all managers" cluster cut node4 node1 node2 node3
check "which is noticed" until_ok 30 node_is 1 4 Down
check "its containers go on" test "$before" = "$(ids 4)"
check "one is killed" on 4 kill "$first"
again() {
    now=$(started_at "$first") && [ "$now" != "$was" ] && [ "${now%% *}" = running ]
}
check "and started again there" until_ok 30 again
check "the cables are healed" cluster heal
check "all is settled" until_ok 40 settled 1
check "both run" until_ok 20 runs 1 far 2
check "its containers are the same" test "$before" = "$(ids 4)"
check "it is removed" on 1 service rm far

# ---- by chance ----

check "the lab is taken away" "$jctl" lab cluster rm --base "$work" "$lab"
# JCTL_CHAOS_SEED=… repeats what an earlier one did, as far as time allows; an even one has a unique service.
seed=${JCTL_CHAOS_SEED:-$(($(od -An -N2 -tu2 /dev/urandom | tr -d ' ') * 2))}
steps=${JCTL_CHAOS_STEPS:-8}
# chaos SEED: on the agent's own jars.
chaos() {
    . "$root/dist/current"
    build=$root/dist/$name
    . "$build/classpath"
    "$java" -XX:+UseSerialGC -cp "$classpath" "$root/acceptance/faults/ClusterChaos.java" \
        "$jctl" "$work" "$steps" "$1" || echo "not ok ClusterChaos of seed $1: exited with $?"
}
chaos "$seed"
chaos $((seed + 1))
finish
