#!/bin/sh
# Virtual hosts on this machine: a lab is made, its network broken and healed, its agents killed, its hosts
# rebooted; and taken away, also after a `create` that was killed, without a trace.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "virtual hosts" a ping perl
inside() {
    cluster exec "$@"
}
no_lab() {
    "$jctl" lab cluster rm --base "$work" "$lab" 2> /dev/null
    [ -z "${named-}" ] || { ip netns del "$named"; [ -n "$named_before" ] || umount /run/netns; } 2> /dev/null
    clean_up
}

# pings FROM TO: whether an answer comes.
pings() {
    inside "$1" ping -c 1 -W 2 "$2"
}
# traces: what of the lab is on this machine.
traces() {
    { ip -o link; ip route; ls /run/netns 2> /dev/null; nft list tables; ls "$work"; ls /dev/shm; } | grep "$lab"
    find /sys/fs/cgroup -mindepth 2 -maxdepth 2 -type d -name 'jctl-*' -newer "$work/begun"
    pgrep -af "$work/$lab/node"
    grep -F "$work/$lab" /proc/self/mountinfo
}
no_traces() {
    ! traces | grep .
}
touch "$work/begun"

check_exit "no node at all is refused" 1 cluster create --nodes 0
check_exit "too many are" 1 cluster create --nodes 300
check_exit "a name in another script is" 1 "$jctl" lab cluster --base "$work" --name лаб --nodes 2
check_exit "a subnet of this machine's is" 1 cluster create --nodes 2 --subnet 127.0.0.0/24
check_output "an agent that ends at once is told of" 'unknown flag: --no-such' \
    sh -c '! "$0" lab cluster --base "$1" --name "$2" --nodes 2 --agent-option --no-such' "$jctl" "$work" "$lab"
check "and nothing of the lab is left" no_traces

check_output "a lab of three is made" 'node3 .* running ' "$jctl" lab cluster --base "$work" --name "$lab" --nodes 3
cp "$work/output" "$work/made"
check_exit "its name is taken" 1 cluster create --nodes 2
subnet=$(sed -n 's/.*"subnet": "\(.*\)".*/\1/p' "$work/$lab/lab.json")
check_exit "its subnet is taken" 1 "$jctl" lab cluster --base "$work" --name other --nodes 2 --subnet "$subnet"
check_output "it is listed" "^$lab +3 +3 " "$jctl" lab ls --base "$work"
check_exit "an unknown node is refused" 1 cluster cut node1 node4
check_exit "a node's cable to itself is" 1 cluster cut node1 node1

for node in 1 2 3; do
    check "node$node has an image" on $node image from-host -t l:1 sh sleep perl cat hostname true
    check_output "node$node runs a container" '^hello$' on $node run --rm l:1 sh -c 'echo hello'
done
check_output "a host has a name of its own" "^$lab-node2$" inside node2 hostname
check_output "and sees its own links alone" '^eth0$' inside node2 sh -c 'ls /sys/class/net | grep -v jctl'
check_output "its cgroups are there" '^(cgroup.controllers|memory|pids)$' inside node2 ls /sys/fs/cgroup
check "ip netns knows it" ip netns exec "$lab-node2" ip link show eth0
ln -s "$work" "$work/link"
check_output "another way to the folder leads to the same lab" 'node1 .* running ' \
    "$jctl" lab cluster ls --base "$work/link" --name "$lab"
check "exit codes come through" sh -c '"$0" lab cluster exec --base "$1" --name "$2" node1 sh -c "exit 7"
    [ $? -eq 7 ]' "$jctl" "$work" "$lab"

serve='$p=shift; socket(S,2,1,6); setsockopt(S,1,2,pack("i",1)); bind(S,pack("S n a4 x8",2,$p,"\0"x4))
    or die; listen(S,9); while(accept(C,S)){ syswrite(C,`hostname`); close C }'
ask='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a))); $SIG{ALRM}=sub{exit 3}; alarm 3;
    socket(S,2,1,6); connect(S,$t) or die "refused"; sysread(S,$b,99); print $b'
address() {
    sed -n "s/^node$1 *\([0-9.]*\) .*/\1/p" "$work/made"
}
for node in 1 2; do
    check "node$node publishes port 8080" on $node run -d --name web --hostname "web$node" -p 8080:80 l:1 \
        perl -e "$serve" 80
done
for node in 1 2; do
    check_output "this machine reaches node$node's" "^web$node$" perl -e "$ask" "$(address $node)" 8080
done
check_output "a container of another host does" '^web1$' on 3 run --rm l:1 perl -e "$ask" "$(address 1)" 8080
parent() {
    for file in /proc/[0-9]*/cgroup; do
        grep -o "jctl-[0-9a-f]*/$1" "$file" 2> /dev/null
    done | sed 's:/.*::' | sort -u
}
check "their cgroups are apart" test "$(parent "$(on 1 inspect -f '{{.Id}}' web)")" \
    != "$(parent "$(on 2 inspect -f '{{.Id}}' web)")"

check "node1 reaches node2" pings node1 node2
check "the cable is cut" cluster cut node1 node2
check_exit "nothing arrives" 1 pings node1 node2
check_exit "nor the other way" 1 pings node2 node1
check "others do not suffer" pings node1 node3
check_output "the list says so" 'cut from node2' cluster ls
check_exit "containers suffer as well" 3 on 2 run --rm l:1 perl -e "$ask" "$(address 1)" 8080
check "two are healed" cluster heal node2 node1
check "it arrives again" pings node1 node2
# What a ping sends arrives, its answer does not: seen by counting what node2 and node1 receive.
check "it is cut one way" cluster cut --one-way node1 node2
check_exit "no answer, since nothing arrives" 1 pings node1 node2
check "node1 still gets what node2 sends" sh -c 'timeout 10 "$0" lab cluster exec --base "$1" --name "$2" node1 \
    sh -c "perl -e \"\\\$SIG{ALRM}=sub{exit 3};alarm 8;socket(S,2,2,17);bind(S,pack(qq(S n a4 x8),2,7777,qq(\\\\0)x4));
    open(F,qq(>),qq($1/listens));close F;recv(S,\\\$b,9,0);exit(\\\$b eq qq(hi)?0:4)\"" &
    listener=$!
    until [ -e "$1/listens" ]; do sleep 0.05; done
    "$0" lab cluster exec --base "$1" --name "$2" node2 perl -e "socket(S,2,2,17);
    send(S,qq(hi),0,pack(qq(S n a4 x8),2,7777,pack(qq(C4),split(/[.]/,shift))))" "$3"
    wait $listener' "$jctl" "$work" "$lab" "$(address 1)"
check "everything is healed" cluster heal
check "all of it arrives" pings node2 node1
check "half of the packets are lost" cluster loss node1 node3 50%
received() {
    inside node1 ping -c 60 -i 0.02 -W 1 node3 | sed -n 's/.*, \([0-9]*\) received.*/\1/p'
}
got=$(received)
check "some arrive and some do not ($got of 60)" test "$got" -gt 0 -a "$got" -lt 50
check "healed again" cluster heal
check_exit "nothing is no loss" 1 cluster loss node1 node3 0

if "$jctl" lab cluster latency --base "$work" --name "$lab" node1 node2 200ms > "$work/latency" 2>&1; then
    check_output "packets arrive late" 'min.*= [2-9][0-9][0-9]' inside node1 ping -c 2 node2
    check_output "others in time" 'min.*= [0-9][.]' inside node1 ping -c 2 node3
    check_output "the list says so" '200ms late from node1' cluster ls
    check "healed again" cluster heal node1 node2
    check_output "they are in time" 'min.*= [0-9][.]' inside node1 ping -c 2 node2
else
    check "what the kernel lacks is named" grep -q 'no netem (CONFIG_NET_SCH_NETEM' "$work/latency"
    check "and nothing is late" sh -c '! "$0" lab cluster ls --base "$1" --name "$2" | grep late' \
        "$jctl" "$work" "$lab"
    skip "latency" "the kernel has no netem"
fi

check "node3 has a container" on 3 run -d --name steady l:1 sleep 1000
started=$(on 3 inspect -f '{{.State.StartedAt}}' steady)
check "its agent is killed" cluster kill node3
check_output "the list says so" 'node3 .* no agent ' cluster ls
check_exit "it cannot be killed twice" 1 cluster kill node3
check "it is started" cluster start node3
check_exit "but not twice" 1 cluster start node3
check_output "its container went on" "^running $started$" on 3 inspect \
    -f '{{.State.Status}} {{.State.StartedAt}}' steady
check "its agent is paused" cluster pause node3
check_output "the list says so" 'node3 .* paused ' cluster ls
check "and goes on" cluster resume node3
check_output "and answers" 'steady' on 3 ps
check "it is stopped" cluster stop node3
check "and started with another option" cluster start node3 --agent-option --log-format=json
check "which it has" until_ok 10 grep -q '"msg":' "$work/$lab/node3/agent.log"

check "a cut outlives" cluster cut node3 node1
check "a reboot" cluster reboot node3
check_exit "as can be seen" 1 pings node1 node3
check "which heals" cluster heal
check "and is reached again" pings node1 node3
check_output "the container ended with the power" '^exited$' on 3 inspect -f '{{.State.Status}}' steady
check "what was on disk is there: it starts again" on 3 start steady
check "the power fails" cluster power-off node3
check_output "the list says so" 'node3 .* off ' cluster ls
check_exit "no agent can be started" 1 cluster start node3
check_exit "nor anything else" 125 inside node3 true
check "another's faults do not matter" cluster cut node1 node2
check "it comes back" cluster power-on node3
check_exit "but not twice" 1 cluster power-on node3
check_output "with its agent" 'steady' on 3 ps -a

# The first namespace that ip(8) names on a machine covers those that are there.
named_before=$(grep -q ' /run/netns ' /proc/self/mountinfo && echo yes)
named=$lab-other
check "another namespace gets a name" ip netns add "$named"
check "the lab is taken away" cluster rm
check "once more is no error" "$jctl" lab cluster rm --base "$work" "$lab"
ip netns del "$named"
[ -n "$named_before" ] || umount /run/netns
named=
check "and no trace of it is left" no_traces

for millis in 200 400 600 900; do
    "$jctl" lab cluster --base "$work" --name "$lab" --nodes 3 > /dev/null 2>&1 &
    creator=$!
    perl -e 'select undef, undef, undef, shift' "0.$millis"
    kill -9 $creator
    wait $creator 2> /dev/null
    check "after $millis ms of a create that is killed" cluster rm
    check "nothing is left" no_traces
done
echo '{' > "$work/begun" && mkdir -p "$work/$lab/node1" && echo '{' > "$work/$lab/lab.json"
check_output "a broken description is told of" 'does not describe a lab' sh -c \
    '! "$0" lab cluster ls --base "$1" --name "$2"' "$jctl" "$work" "$lab"
check "and is no obstacle" cluster rm
check_exit "the lab is gone" 1 cluster ls
check_exit "more managers than hosts are refused" 1 cluster create --nodes 2 --managers 3
check_output "two hosts become one cluster" running cluster create --nodes 2 --managers 1
check_output "of which one manages" "$lab-node2 +Ready +Active +[0-9]" on 1 node ls
check "it is taken away" cluster rm
check_output "a lab is made whose folder goes" running cluster create --nodes 2
rm -rf "${work:?}/$lab"
check "and is taken away all the same" cluster rm
check "nothing is left" no_traces
finish
