#!/bin/sh
# Whom a cluster trusts, on three virtual hosts: the root is exchanged under a running service, tokens of the old one
# are void, a manager that was off finds its way back, and a removed node reaches nothing any more.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "trust" t awk
ready() {
    on "$1" node ls | grep -E "$lab-node$2 +Ready"
}
digest() {
    on "$1" cluster ca --quiet 2> /dev/null | sha256sum
}
running() {
    [ "$(on "$1" service ps steady | grep -c ' Running ')" -eq "$2" ]
}
started() {
    on "$1" ps -q --no-trunc | sort
}
# roots NODE COUNT: whether it trusts so many.
roots() {
    [ "$(grep -c 'BEGIN TRUSTED CERTIFICATE' "$work/$lab/node$1/data/cluster/identity.pem")" -eq "$2" ]
}

check "three hosts are made" "$jctl" lab cluster --base "$work" --name "$lab" --nodes 3
check "node1 founds a cluster" on 1 cluster status
on 1 cluster token create --role manager --quiet > "$work/manager.token"
on 1 cluster token create --role worker --quiet > "$work/worker.token"
# join NODE ROLE: its agent begins anew, as that.
join() {
    cluster stop "node$1" && cluster start "node$1" --agent-option --join --agent-option '{first}:2377' \
        --agent-option --token --agent-option "$work/$2.token"
}
check "node2 joins as a manager" join 2 manager
check "node3 as a worker" join 3 worker
check "node2 is ready" until_ok 30 ready 1 2
check "node3 is ready" until_ok 30 ready 1 3
check "a service is created" on 1 service create --name steady --replicas 3 --detach host sleep 1000
check "it runs" until_ok 30 running 1 3
check_output "the root is shown" 'BEGIN CERTIFICATE' on 1 cluster ca
before=$(digest 1)
on 1 cluster token create --role worker --quiet > "$work/old.token"
containers=$(started 1)

check "node3's agent is stopped" cluster stop node3
check "the exchange begins" on 2 cluster ca --rotate --detach
check_output "and says what it waits for" 'waiting for|until these nodes have a certificate' on 1 cluster ca
check_exit "a second one is refused" 1 on 1 cluster ca --rotate --cert-expiry 24h --detach
check "it can be followed in vain" sh -c '! JCTL_HOST=$1 timeout 3 "$0" cluster ca --rotate > /dev/null 2>&1' \
    "$jctl" "unix://$work/$lab/node2/run/jctl.sock"
check "node1's agent is killed in the middle" cluster kill node1
check "and started, as is node3's" sh -c '"$0" lab cluster start --base "$1" --name "$2" node1 &&
    "$0" lab cluster start --base "$1" --name "$2" node3' "$jctl" "$work" "$lab"
check_output "the exchange is followed to its end" 'BEGIN CERTIFICATE' on 2 cluster ca --rotate
check "the root is another" test "$(digest 2)" != "$before"
for node in 1 2 3; do
    check "node$node trusts it alone" until_ok 20 roots $node 1
done
check "containers went on" sh -c 'for each in $1; do echo "$2" | grep -q "$each" || exit 1; done' - "$containers" "$(started 1)"
check "and the service can be changed" on 2 service scale --detach steady=2
check_output "tokens of the old root are void" '^[^J]*$' on 1 cluster token ls
check_exit "finish has nothing to end" 1 on 1 cluster ca --finish

third=$(on 1 node ls | awk -v n="$lab-node3" '$0 ~ n { print $1 }')
check "node3 is removed while it runs" on 1 node rm --force "$third"
check "it is told so at once" until_ok 20 grep -E 'was shut out of cluster|was removed' "$work/$lab/node3/agent.log"
check "the others keep who is shut out" until_ok 20 grep -qa "$third" "$work/$lab/node2/data/cluster/trust"
check "its containers end" until_ok 30 sh -c '[ -z "$(JCTL_HOST=$1 "$0" ps -q)" ]' "$jctl" \
    "unix://$work/$lab/node3/run/jctl.sock"
finish
