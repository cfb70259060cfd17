#!/bin/sh
# The examples, on five virtual hosts: a web shop on a port of every node, and calls by SIP with their media, of which none is
# lost when proxies and relays are updated, and which go on after a node is lost.
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "the examples" v curl mmdebstrap
examples=$root/examples
JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock
export JCTL_HOST
# The machine may be slow, but not for ever.
patient() {
    timeout 240 "$jctl" "$@"
}

check "a lab of five is made" "$jctl" lab cluster create --base "$work" --name "$lab" --nodes 5 --managers 3
segment=$(cluster ls | sed -n 's/^node1  *\([0-9]*\.[0-9]*\.[0-9]*\)\.1 .*/\1/p')
ready() {
    [ "$("$jctl" node ls --format '{{.Status}}' | grep -c Ready)" -eq 5 ]
}
check "all of them are ready" until_ok 60 ready

# image EXAMPLE NODE…: at those nodes; ends the script where packages cannot be had
image() {
    example=$1
    shift
    for node; do
        shift
        set -- "$@" "unix://$work/$lab/node$node/run/jctl.sock"
    done
    "$examples/$example/images" "$@" > "$work/images" 2>&1 && return
    if grep -q 'could not be had' "$work/images"; then
        skip "the examples" "$(tail -n 1 "$work/images")"
        finish
        exit 0
    fi
    echo "not ok the image of $example: $(tail -n 1 "$work/images")"
    exit 1
}

# ---- the shop ----

image shop 1 2 3 4 5
check "the shop is deployed" env SHOP_PASSWORD="$$" timeout 240 "$jctl" stack deploy -c "$examples/shop/compose.yaml" shop
page() {
    curl -sf --max-time 5 "http://$segment.$1:8088/" | grep -q '[1-9][0-9]* sold, the last by shop_app\.[123]'
}
for node in 1 2 3 4 5; do
    check "node $node has its page" until_ok 20 page $node
done
check "it goes" patient stack rm shop

# ---- voice ----

image voice 1 2 3 4 5
check "the phones have their node" "$jctl" node label "$("$jctl" node ls --format '{{.ID}} {{.Hostname}}' | awk '/node1$/ { print $1 }')" phones=yes
check "voice is deployed" patient stack deploy -c "$examples/voice/compose.yaml" voice
running() {
    [ "$("$jctl" service ps --filter desired-state=running --format '{{.CurrentState}}' "$1" | grep -c '^Running')" -eq "$2" ]
}
for service in proxy media; do
    check "of the service $service there are two" until_ok 60 running voice_$service 2
done
power_off="'$jctl' lab cluster power-off --base '$work' --name '$lab' \"\${1#$lab-}\""
"$examples/voice/drill" --rate 5 --steady 5 --kill "$power_off" steady proxies relays proxy-node relay-node > "$work/drill" 2>&1
drilled=$?
sed 's/^/# /' "$work/drill"
# well PHASE: calls were made in it, and none of them was lost
well() {
    grep -qE "^$1 +[1-9][0-9]* begun +[1-9][0-9]* ended well +0 lost" "$work/drill"
}
check "calls end well" well steady
check "none is lost when proxies are updated" well proxies
check "none when relays are" well relays
for phase in proxy-node relay-node; do
    check "after the loss of a $phase there are calls again" grep -qE "^$phase +[1-9][0-9]* begun +[1-9][0-9]* ended well" "$work/drill"
done
check "as the drill says itself" test $drilled -eq 0
# What a lost node has of a network, the network keeps until the node says that it has ended.
sed -n 's/^ *\([^ ]*\) was killed: .*/\1/p' "$work/drill" > "$work/lost"
while read -r lost; do
    check "the lost node is back" cluster power-on "${lost#"$lab"-}"
done < "$work/lost"
check "and ready" until_ok 60 ready
check "voice goes" patient stack rm voice
finish
