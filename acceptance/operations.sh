#!/bin/sh
# What docs/OPERATIONS.md says, done on three virtual hosts: join, promote, demote, lock, back up, lose the majority,
# recover, remove, restore; and containers that go on meanwhile.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "operations" o awk

# block NAME: the commands of that block, names of machines as this lab has them.
block() {
    awk -v name="$1" '$0 ~ "^<!-- run on [a-z0-9]+: " name " -->$" { wanted = 1; next }
        wanted && /^```sh$/ { inside = 1; next } inside && /^```$/ { exit } inside' "$root/docs/OPERATIONS.md" |
        sed "s/box\([1-3]\)/$lab-node\1/g"
}
# run NAME NODE: done there, as it stands in the page.
run() {
    echo "$1" >> "$work/done"
    block "$1" > "$work/block"
    [ -s "$work/block" ] || { echo "the page has no block $1"; return 1; }
    (cd "$work" && JCTL_HOST=unix://$work/$lab/node$2/run/jctl.sock PATH=$root:$PATH sh -e "$work/block")
}
# until_so SECONDS COMMAND…: whether it comes to exit with 0.
until_so() {
    tries=$(($1 * 5))
    shift
    until "$@" > /dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { "$@"; return; }
        sleep 0.2
    done
}
voters() {
    [ "$(on "$1" cluster status | grep -c ' voter ')" -eq "$2" ]
}
running() {
    [ "$(on "$1" service ps --filter desired-state=running --format '{{.CurrentState}}' steady | grep -c '^Running ')" -eq "$2" ]
}
ready() {
    on "$1" node ls | grep -E "$lab-node$2 +Ready"
}
worker() {
    on "$1" cluster status 2>&1 | grep 'this node is a worker'
}
started() {
    on "$1" ps -q --no-trunc | sort
}
token() {
    printf '%s' "$work/$1.token"
}

check "a lab of three is made" "$jctl" lab cluster --base "$work" --name "$lab" --nodes 3
check "node1 founds a cluster" run found 1
check "tokens are made" run tokens 1
check "two agents are stopped" sh -c '"$0" lab cluster stop --base "$1" --name "$2" node2 &&
    "$0" lab cluster stop --base "$1" --name "$2" node3' "$jctl" "$work" "$lab"
check "node2 joins as a worker" cluster start node2 --agent-option --join --agent-option '{first}:2377' \
    --agent-option --token --agent-option "$(token worker)"
check "node3 joins as a manager" cluster start node3 --agent-option --join --agent-option '{first}:2377' \
    --agent-option --token --agent-option "$(token manager)"
check "both are ready" until_so 60 ready 1 2
check "and the third" until_so 60 ready 1 3
check "a service is created" run service 1
check "it runs" until_so 90 running 1 3
before=$(started 2)

check "node2 is promoted" run promote 1
check "it is in the managers' group" until_so 60 voters 1 3
check "and answers" until_so 60 voters 2 3
check "its containers went on" test "$(started 2)" = "$before"
check "it is demoted" run demote 1
check "it is out of the group" until_so 60 voters 1 2
check "and a worker" until_so 60 worker 2
check "its containers went on" test "$(started 2)" = "$before"
check "it keeps no keys" sh -c '! ls "$1"/data/cluster/authority' - "$work/$lab/node2"
check "it is promoted again" run promote 1
check "three have votes" until_so 60 voters 2 3

before=$(started 2)
for each in 2 3 1; do
    check "node$each ends for an upgrade" cluster stop node$each
    check "and starts" cluster start node$each
    check "it is ready" until_so 60 ready $((each % 3 + 1)) $each
    check "and votes" until_so 60 voters $each 3
done
check "an upgrade is looked at" run upgrade 1
check "containers went on" test "$(started 2)" = "$before"

check "node3 loses its disk" sh -c '"$0" lab cluster power-off --base "$1" --name "$2" node3 && rm -r "$1/$2/node3/data/cluster"' \
    "$jctl" "$work" "$lab"
check "which is seen" until_so 60 sh -c 'JCTL_HOST=$1 "$0" node ls | grep "$2-node3 *Down"' "$jctl" \
    "unix://$work/$lab/node1/run/jctl.sock" "$lab"
check "it is taken out" run replace 1
check "its vote, too" until_so 60 voters 1 2
check "and joins anew" cluster power-on node3
check "it is ready" until_so 60 ready 1 3
check "and votes" until_so 60 voters 1 3
check "it is looked at" run replaced 1
check "the service runs" until_so 90 running 1 3

check "people come and go" run people 1
check "which is written down, at all managers in one, and whole" run audit 1
check_output "by whom" 'local uid:0 .*: AddUser alice viewer: done, entry' on 3 cluster audit --all --object alice
check_output "the journal has the digest" 'audit: [0-9]+ [0-9a-f]{12}: local uid:0: AddUser alice viewer: done' \
    cat "$work/$lab/node1/agent.log"
check "what happened is told" run events 1
# From when this agent had caught up: it may have been started again a moment ago.
check_output "with docker's words" 'node update .*name=.*state\.new=ready' on 1 events --since 10m --until 0s \
    --filter type=node
check "the log is read" run log 1
check_output "and gives the same state" 'equal$' on 3 cluster log --digest
check_output "the dashboard has a link, and goes" '^http://127.0.0.1:2380/[?]token=' run dashboard 1
check "a backup is made" run backup 1
check "which only root reads" sh -c '[ "$(stat -c %a "$1/cluster.backup")" = 600 ]' - "$work"

check "the cluster is locked" run lock 1
check "everywhere" until_so 60 sh -c '! ls "$1"/data/cluster/authority/unlock-key' - "$work/$lab/node3"
third=$(started 3)
check "node3's agent is stopped" cluster stop node3
check "and started" cluster start node3
check_output "it says that it is locked" 'locked.*jctl cluster unlock' sh -c 'JCTL_HOST=$1 "$0" cluster status 2>&1
    true' "$jctl" "unix://$work/$lab/node3/run/jctl.sock"
check "its containers went on" test "$(started 3)" = "$third"
check "it is unlocked" run unlock 3
check "and has its vote" until_so 60 voters 3 3
check "another key, and no lock" run open 1

check "two managers are lost" sh -c '"$0" lab cluster kill --base "$1" --name "$2" node2 &&
    "$0" lab cluster kill --base "$1" --name "$2" node3' "$jctl" "$work" "$lab"
check_exit "nothing is recovered by mistake" 1 on 1 cluster recover
check "the one that is left goes on alone" run recover 1
check "with one vote" until_so 60 voters 1 1
check_output "and the service" 'steady' on 1 service ls
check "node2 comes back" cluster start node2
check "as a worker" until_so 60 worker 2
check "with a session" until_so 60 ready 1 2
check "and is promoted" on 1 node promote "$lab-node2"
check "two have votes" until_so 60 voters 2 2

check "node3 is removed" run remove 1
check "it comes back" cluster start node3
check "and is refused with the reason" until_so 60 grep -E 'was shut out of cluster|was removed' \
    "$work/$lab/node3/agent.log"
check "its containers end" until_so 90 sh -c '[ -z "$(JCTL_HOST=$1 "$0" ps -q)" ]' "$jctl" \
    "unix://$work/$lab/node3/run/jctl.sock"

check "the managers' disks are lost" sh -c 'for node in node1 node2; do
    "$0" lab cluster stop --base "$1" --name "$2" $node; rm -r "$1/$2/$node/data/cluster"; done
    "$0" lab cluster start --base "$1" --name "$2" node1' "$jctl" "$work" "$lab"
check "the backup is restored" run restore 1
check "with one vote" until_so 60 voters 1 1
check_output "and the service" 'steady' on 1 service ls

check_output "every block of the page was run" '^same$' sh -c 'sed -n "s/^<!-- run on [a-z0-9]*: \(.*\) -->$/\1/p" "$1" | sort -u > "$2/named"
    sort -u "$2/done" | cmp - "$2/named" && echo same' - "$root/docs/OPERATIONS.md" "$work"
check "the lab is taken away" cluster rm
finish
