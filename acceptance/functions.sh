#!/bin/sh
# Virtual functions of network cards on a machine that has none: practice cards, whose functions are links of the kernel. They are
# divided, offered, given to containers, taken back, and found again after agents and containers were killed.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ] || ! command -v ip > /dev/null || ! command -v ping > /dev/null; then
    skip "virtual functions" "needs root and the programs ip, ping"
    finish
    exit 0
fi
no_functions() {
    ! ip -o link | grep -E ' jvf[0-9]'
}
if ! no_functions > /dev/null; then
    skip "virtual functions" "somebody else's practice cards (jvf…) are in this network namespace"
    finish
    exit 0
fi
take_away() {
    stop_agent
    "$jctl" agent --data-dir "$work/data" --run-dir "$work/run" --remove-network > /dev/null 2>&1
    clean_up
}
trap take_away EXIT

offered() {
    "$jctl" resource ls | grep -qE "^$1 +$2 +$2 "
}
# is FUNCTION STATE
is() {
    "$jctl" vf inspect "$1" --format '{{.State}}' | grep -qx "$2"
}
# refuses NAME CODE COMMAND…: check_exit whose words are kept
refuses() {
    check_exit "$@"
    cp "$work/output" "$work/refusal"
}
# pings FROM ADDRESS
pings() {
    "$jctl" exec "$1" ping -c 2 -i 0.3 -W 1 "$2"
}
kill_agent() {
    kill -9 "$agent"
    wait "$agent" 2> /dev/null
}

check_exit "too many practice cards are refused" 1 "$jctl" agent --data-dir "$work/data" --run-dir "$work/run" --practice-cards 9
start_agent --reserved-cpus 0 --practice-cards 2
check "their functions are offered" until_ok 60 offered sriov/practice 8
check_output "resource ls lists them" '^sriov/practice +8 +8 +0 ' "$jctl" resource ls
check_output "vf ls shows each" '^0000:01:10\.0 +jvf1 +0 .* jvf1v0 +sriov/practice +free' "$jctl" vf ls
check_output "and their cards" '^0000:02:00\.0 +jvf2 .* 4/7 +up' "$jctl" vf ls --physical
check "an image" "$jctl" image from-host -t box:1 sh ip ping sleep cat grep true

# ---- containers ----

check "a container gets one" "$jctl" run -d --name server --network none \
    --resource sriov/practice,name=sig0,ip=192.0.2.1/24,vlan=100,mac=02:00:00:00:0a:01,mtu=1400 box:1 sleep 10000
check_output "by the name and with the address it asked for" '^sig0@[^ ]* +UP +192\.0\.2\.1/24' "$jctl" exec server ip -br address
check_output "and the hardware address and MTU" ' mtu 1400 .* link/ether 02:00:00:00:0a:01' "$jctl" exec server ip -o link show sig0
check_output "its card was told of its VLAN" 'vlan 100' "$jctl" vf inspect 0000:01:10.0
check "another, beside the usual network" "$jctl" run -d --name client --resource sriov/practice,ip=192.0.2.2/24,vlan=100 box:1 sleep 10000
check_output "they reach each other" ' 0% packet loss' pings client 192.0.2.1
check "one of another VLAN" "$jctl" run -d --name other --network none --resource sriov/practice,ip=192.0.2.3/24,vlan=200 box:1 sleep 10000
check_exit "reaches neither" 1 pings other 192.0.2.1
check_output "vf ls says who has what" "^0000:01:10\.0 .* $("$jctl" ps -q --no-trunc --filter name=server | cut -c1-12) \(netdev\)" "$jctl" vf ls
refuses "none goes into the host's network" 125 "$jctl" run --rm --network host --resource sriov/practice box:1 true
check_output "which the error says" 'no network namespace of its own that it could be in: choose another --network' cat "$work/refusal"
refuses "more than there are is refused" 125 "$jctl" run --rm --network none --resource sriov/practice=6 box:1 true
check_output "with what there is" '6 of sriov/practice (is|are) wanted, and 5 of 8 are free: 3 taken' cat "$work/refusal"
check "several come at once" "$jctl" run -d --name many --network none --resource sriov/practice=5 box:1 sleep 10000
check_output "each is a network device" '^5$' "$jctl" exec many sh -c 'set -- /sys/class/net/net*; echo $#'
refuses "then there is no more" 125 "$jctl" run --rm --network none --resource sriov/practice box:1 true
check_output "and the error says so" '1 of sriov/practice is wanted, and 0 of 8 are free: 8 taken' cat "$work/refusal"
check "a container is removed" "$jctl" rm -f many
check "and its functions are free" until_ok 30 is 0000:02:10.6 free
check "one that ends" "$jctl" run --rm --network none --resource sriov/practice box:1 true
check "gives back what it had" until_ok 30 is 0000:01:10.6 free
check "a port that is told to be off" "$jctl" run -d --name off --network none \
    --resource sriov/practice,ip=192.0.2.4/24,vlan=100,state=disable box:1 sleep 10000
check_output "has no carrier" 'NO-CARRIER' "$jctl" exec off ip link show net1
check "it is restarted" "$jctl" restart -t 0 off
check_output "and has its function again" ' 192\.0\.2\.4/24' "$jctl" exec off ip -br address
check "it goes" "$jctl" rm -f off

# ---- cards are divided ----

refuses "a card whose functions are in use is not divided anew" 1 "$jctl" vf create jvf1 2
check_output "the error says who uses one" '0000:01:10\.[024] is [0-9a-f]{12}' cat "$work/refusal"
check_output "another is" '0000:02:10\.2' "$jctl" vf create jvf2 2
check "which counts" until_ok 30 offered sriov/practice 6
check_output "its functions have no driver now" '^0000:02:10\.0 +jvf2 +0 +[0-9]+ +- +- ' "$jctl" vf ls
check_output "and get one for a container" '^net1@' "$jctl" run --rm --network none --resource sriov/practice=2 box:1 ip -br link
check_output "vf reset takes one away" '^0000:01:10\.4$' "$jctl" vf reset 0000:01:10.4
check_exit "it is gone from its container" 1 "$jctl" exec other cat /sys/class/net/net1/address
check "and free" is 0000:01:10.4 free
check "that container goes" "$jctl" rm -f other

# ---- agents and containers are killed ----

before=$work/before
"$jctl" vf ls | sed 's/ since.*//' > "$before"
as_before() {
    "$jctl" vf ls | sed 's/ since.*//' | grep -E '^0000:01' > "$work/now"
    grep -E '^0000:01' "$before" | cmp -s - "$work/now"
}
kill_agent
check "functions stay with containers whose agent was killed" ip link show jvf1t100
start_agent --reserved-cpus 0 --practice-cards 2
check "it comes back, and the pool with it" until_ok 60 offered sriov/practice 8
check "all is as it was" as_before
check_output "containers still reach each other" ' 0% packet loss' pings client 192.0.2.1
pid=$("$jctl" inspect -f '{{.State.Pid}}' client)
kill_agent
kill -9 "$pid"
start_agent --reserved-cpus 0 --practice-cards 2
check "what a container had that died without an agent is free" until_ok 60 is 0000:01:10.2 free
check_output "and as it was" '^0000:01:10\.2 .* jvf1v1 +sriov/practice +free' "$jctl" vf ls
check_output "the other has its own still" ' 192\.0\.2\.1/24' "$jctl" exec server ip -br address
check "it can be given anew" "$jctl" start client
check_output "and they reach each other" ' 0% packet loss' pings client 192.0.2.1

# ---- the config changes ----

stop_with_containers() {
    kill "$agent"
    wait "$agent" 2> /dev/null
}
stop_with_containers
cat > "$work/sriov.yaml" <<EOF
physicalFunctions: [{name: jvf1, virtualFunctions: 4, probeDrivers: true}, {name: jvf2, virtualFunctions: 3}]
pools:
- {name: signal, mode: netdev, selectors: [{pfNames: [jvf1]}]}
- {name: media, mode: vfio, selectors: [{pfNames: [jvf2]}]}
EOF
start_agent --reserved-cpus 0 --practice-cards 2 --sriov-config "$work/sriov.yaml"
check "a config makes other pools" until_ok 60 offered sriov/signal 4
check_output "who had a function of another keeps it" ' 0% packet loss' pings client 192.0.2.1
check "the pool for programs is offered" until_ok 30 offered sriov/media 3
refuses "practice cards have none for programs" 125 "$jctl" run --rm --network none --resource sriov/media box:1 true
check_output "which the error says" 'practice cards have no /dev/vfio: use mode netdev' cat "$work/refusal"
sed -i 's/name: signal/name: voice/; s/virtualFunctions: 4/virtualFunctions: 6/' "$work/sriov.yaml"
check "it is read again while functions are in use" until_ok 60 offered sriov/voice 4
check_output "and a card in use waits for more" 'jvf1 has 4 virtual functions, and gets 6 once nobody has any of them' cat "$work/agent.log"
echo 'pools: [{name: voice, mode: nothing}]' > "$work/sriov.yaml"
check "a config that is wrong is told of" until_ok 60 grep -q 'nothing is neither netdev nor vfio' "$work/agent.log"
check "and what there was stays" offered sriov/voice 4
check_output "also for who has some" ' 0% packet loss' pings client 192.0.2.1

# ---- processors alone, and what can be done without ----

allowed() { "$jctl" exec "$1" grep Cpus_allowed_list /proc/self/status; }
check "what is not there can be done without" "$jctl" run --rm --network none --resource sriov/nothing,optional=on box:1 true
check_output "which is said" 'starts without sriov/nothing, which it can do without: no plug-in offers' cat "$work/agent.log"
if [ "$(cat /sys/devices/system/cpu/online)" = 0-1 ]; then
    check "one that shares its processors" "$jctl" run -d --name shared --network none box:1 sleep 1000
    check_output "has both" '0-1$' allowed shared
    check "one has a processor alone, near a function" "$jctl" run -d --name alone --network none --exclusive-cpus 1 \
        --numa required --resource sriov/voice,name=rtp0 box:1 sleep 1000
    check_output "that one" '[^-]1$' allowed alone
    check_output "and its function" '^rtp0' "$jctl" exec alone ip -br link
    check_output "who was there keeps off it" '[^-]0$' allowed shared
    check_output "and who comes" '[^-]0$' "$jctl" run --rm --network none box:1 grep Cpus_allowed_list /proc/self/status
    check_output "it is listed" 'jctl/exclusive-cpus +1 +1 +1 ' "$jctl" resource ls
    refuses "there is no other" 125 "$jctl" run --rm --network none --exclusive-cpus 1 box:1 true
    check_output "and why" "the machine lacks 1 of 1 processors; processors that stay everybody's: 0, that others have alone: 1" \
        cat "$work/refusal"
    echo 'pools: [{name: voice, mode: netdev, selectors: [{pfNames: [jvf1]}]}]' > "$work/sriov.yaml"
    kill_agent
    start_agent --reserved-cpus 0 --practice-cards 2 --sriov-config "$work/sriov.yaml"
    check "an agent comes after" until_ok 60 "$jctl" version
    check_output "which knows of it" 'jctl/exclusive-cpus +1 +1 +1 ' "$jctl" resource ls
    check "it ends" "$jctl" rm -f alone
    check_output "and the others have both again" '0-1$' allowed shared
    check "which end as well" "$jctl" rm -f shared
else
    skip "processors alone" "needs two processors, 0 and 1"
fi

# ---- the end ----

check "containers go" "$jctl" rm -f server client
check "and their functions are free" until_ok 30 is 0000:01:10.0 free
check "no VLAN is left" sh -c '! ip link show jvf1t100'
stop_agent
check "the agent's network is removed" "$jctl" agent --data-dir "$work/data" --run-dir "$work/run" --remove-network
check "and no link is left" no_functions
finish
