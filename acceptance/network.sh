#!/bin/sh
# Networks of one host: containers that find each other by name, networks apart from each other, ports
# published to another machine, which is a network namespace here.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

for program in ip nft perl getent; do
    command -v $program >/dev/null || missing=$program
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    skip "networks of one host" "needs root and the programs ip, nft, perl and getent"
    finish
    exit 0
fi

# A server that tells each client the address it sees, and a client; perl's own sockets, since an image
# of the host's programs has no modules.
serve='$p=shift; socket(S,2,1,6); setsockopt(S,1,2,pack("i",1)); bind(S,pack("S n a4 x8",2,$p,"\0"x4))
    or die; listen(S,9); while(accept(C,S)){ ($f,$q,$i)=unpack("S n a4",getpeername(C));
    syswrite(C,join(".",unpack("C4",$i))."\n"); close C }'
serve_datagrams='$p=shift; socket(S,2,2,17); bind(S,pack("S n a4 x8",2,$p,"\0"x4)) or die;
    while($c=recv(S,$b,9,0)){ ($f,$q,$i)=unpack("S n a4",$c);
    send(S,join(".",unpack("C4",$i))."\n",0,$c) }'
ask='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a))); $SIG{ALRM}=sub{print "silence\n"; exit 3};
    alarm 5; socket(S,2,1,6); connect(S,$t) or do { print "refused\n"; exit 2 }; sysread(S,$b,99); print $b'
ask_datagrams='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a)));
    $SIG{ALRM}=sub{print "silence\n"; exit 3}; alarm 5; socket(S,2,2,17); send(S,"x",0,$t); recv(S,$b,99,0); print $b'

# free_subnet PREFIX: of PREFIX.1.0/24 to PREFIX.250.0/24 one that no route and no address of this host
# touches, without its last octet. A run that was killed may have left links with addresses of its own.
free_subnet() {
    tries=0
    while [ $tries -lt 250 ]; do
        subnet=$1.$((($$ + tries) % 250 + 1))
        ip -4 route show table all root "$subnet.0/24" | grep -q . || { echo "$subnet"; return 0; }
        tries=$((tries + 1))
    done
    return 1
}

# The other machine: $far, which sees this one as $near.
other=jctl-other-$$
cable=jo$$
here=$(free_subnet 198.18) || exit 1
near=$here.1
far=$here.77
other_machine() {
    ip netns add "$other" && ip link add "${cable}a" type veth peer name "${cable}b" netns "$other" &&
        ip addr add "$near/24" dev "${cable}a" && ip link set "${cable}a" up &&
        ip -n "$other" addr add "$far/24" dev "${cable}b" && ip -n "$other" link set "${cable}b" up
}
# The first namespace that ip(8) names makes a mount of their folder, for good.
named_before=$(mountpoint -q /run/netns && echo yes)
no_other_machine() {
    ip netns del "$other" 2>/dev/null
    ip link del "${cable}a" 2>/dev/null
    [ -n "$named_before" ] || { umount /run/netns && rmdir /run/netns; } 2>/dev/null
    clean_up
}
trap no_other_machine EXIT

address() {
    "$jctl" inspect --format "{{.NetworkSettings.Networks.$2.IPAddress}}" "$1"
}
# The agent has no time for a word; its socket is left behind.
kill_agent() {
    kill -9 "$agent"
    wait "$agent" 2>/dev/null
    rm -f "$work/run/jctl.sock"
}
from_other() {
    ip netns exec "$other" perl -e "$@"
}

# What a run left behind that was killed before it could clean up.
for dead in $(ip netns list | sed -n 's/^jctl-other-\([0-9]*\).*/\1/p'); do
    [ -d "/proc/$dead" ] || { ip netns del "jctl-other-$dead"; ip link del "jo${dead}a" 2>/dev/null; }
done

start_agent
check "an image with a server is made" "$jctl" image from-host -t net:1 sh sleep getent perl cat ip
check "another machine is there" other_machine

# ---- published ports ----
check "a port is published" "$jctl" run -d --name web -p 18080:80 -p 127.0.0.1:18081:80 net:1 perl -e "$serve" 80
check "a client from outside keeps its address" until_says "$far" from_other "$ask" "$near" 18080
check_exit "a port of 127.0.0.1 is none of others" 2 from_other "$ask" "$near" 18081
check "127.0.0.1 leads there too" perl -e "$ask" 127.0.0.1 18080
check "and the port that is only there" perl -e "$ask" 127.0.0.1 18081
check_output "ps shows the ports" '0\.0\.0\.0:18080->80/tcp, 127\.0\.0\.1:18081->80/tcp' "$jctl" ps
check_output "port shows one" '^0\.0\.0\.0:18080$' "$jctl" port web 80
check_exit "a port that is not published is an error" 1 "$jctl" port web 81
check_exit "a taken port is refused" 125 "$jctl" run --rm -p 18080:1 net:1 true
cp "$work/output" "$work/refusal"
check_output "and the error says who has it" 'container [0-9a-f]{12} has it' cat "$work/refusal"
check_exit "a program of the host cannot take it" 2 perl -e 'socket(S,2,1,6);
    bind(S,pack("S n a4 x8",2,18080,"\0"x4)) or exit 2'
perl -e "$serve" 18082 &
program=$!
check "a program of the host listens" until_says 127.0.0.1 perl -e "$ask" 127.0.0.1 18082
check_exit "its port is refused" 125 "$jctl" run --rm -p 18082:1 net:1 true
kill $program 2>/dev/null
check "any free port will do, and a range" "$jctl" run -d --name ranges -p 80 -p 19000-19002:7000-7002/udp \
    net:1 perl -e "$serve_datagrams" 7001
check_output "which ps shows as ranges" '7000-7002|19000->7000/udp' "$jctl" ps
check "datagrams keep the client's address" until_says "$far" from_other "$ask_datagrams" "$near" 19001
check "a drop of the host's own firewall is made" nft "table inet jctl_test_$$ { chain f {
    type filter hook forward priority 0; meta l4proto tcp ct original proto-dst 18080 drop; }; }"
check_output "and obeyed" silence sh -c 'ip netns exec "$0" perl -e "$1" '"$near"' 18080; true' "$other" "$ask"
check "it is taken away" nft delete table inet "jctl_test_$$"
kill_agent
check "ports survive the agent's death" until_says "$far" from_other "$ask" "$near" 18080
table=$(nft list tables | sed -n 's/^table inet \(jctl_[0-9a-f]*\)$/\1/p' | while read -r each; do
    nft list table inet "$each" | grep -q ' 18080 ' && echo "$each"; done)
nft delete table inet "$table"
start_agent
check "and are repaired when the next one starts" until_says "$far" from_other "$ask" "$near" 18080
check "the container goes" "$jctl" rm -f web ranges
check_exit "and its port" 2 perl -e "$ask" 127.0.0.1 18080

# ---- networks ----
check "a network is made" "$jctl" network create --ipv6 --label tier=front front
back=$(free_subnet 10.251) || exit 1
back_expression=$(echo "$back" | sed 's/[.]/\\./g')
check "and another" "$jctl" network create --subnet "$back.0/24" --ip-range "$back.128/25" back
check_exit "of the same name there is one" 1 "$jctl" network create front
check_exit "a subnet in use is refused" 1 "$jctl" network create --subnet 10.251.0.0/16 third
check_output "they are listed" '^[0-9a-f]{12} +front +bridge +local$' "$jctl" network ls --filter label=tier
check "a container in one" "$jctl" run -d --name one --network front --network-alias first net:1 perl -e "$serve" 80
check "and its neighbour" "$jctl" run -d --name two --network front net:1 sleep 1000
check "and one in the other" "$jctl" run -d --name three --network back --ip "$back.9" net:1 perl -e "$serve" 80
one=$(address one front)
check_output "a neighbour is found by name" "^$one +STREAM one$" "$jctl" exec two getent ahostsv4 one
check_output "by alias" "^$one " "$jctl" exec two getent ahostsv4 first
check_output "by IPv6 address" '^fd[0-9a-f:]+ ' "$jctl" exec two getent ahostsv6 one
check_output "and the name by address" "^$one +one\.front$" "$jctl" exec two getent hosts "$one"
check "and reached by it" until_says "$(address two front)" "$jctl" exec two perl -e "$ask" "$one" 80
check_exit "who is in another network is not found" 2 "$jctl" exec two getent ahostsv4 three
check_output "nor reached" silence sh -c '"$0" exec two perl -e "$1" "$2" 80; true' "$jctl" "$ask" "$back.9"
check "a running container joins" "$jctl" network connect --alias deux back two
check "and reaches both" "$jctl" exec two perl -e "$ask" "$back.9" 80
check_output "by name" "^$back_expression\.9 " "$jctl" exec two getent ahostsv4 three
check_output "is found by its alias there" "^$back_expression\.1[0-9]+ " "$jctl" exec three getent ahostsv4 deux
check_exit "a network in use is not removed" 1 "$jctl" network rm back
kill_agent
start_agent
check_output "names are there again with the next agent" "^$one " "$jctl" exec two getent ahostsv4 one
check "a running container leaves" "$jctl" network disconnect back two
check_exit "and reaches no more" 3 "$jctl" exec two perl -e "$ask" "$back.9" 80
check "a container in two networks" "$jctl" run -d --name both --network front --network back net:1 sleep 1000
check_output "has two links" '^2$' "$jctl" exec both sh -c 'ip -o link | { n=0; while read -r l; do case $l in
    *eth*) n=$((n+1));; esac; done; echo $n; }'
check_output "links are called as one wishes" '^ *sig0:' "$jctl" run --rm --network name=front,interface-name=sig0 --network back \
    --network name=bridge,driver-opt=com.docker.network.endpoint.ifname=media0 net:1 cat /proc/net/dev
cp "$work/output" "$work/links"
check_output "as docker says it, too" '^ *media0:' cat "$work/links"
check_output "others by their place" '^ *eth1:' cat "$work/links"
check_exit "not as the kernel's own" 125 "$jctl" run --rm --network name=front,interface-name=lo net:1 sh
check_exit "nor as those without a name" 125 "$jctl" run --rm --network name=front,interface-name=eth7 net:1 sh
check_exit "nor with more than 15 letters" 125 "$jctl" run --rm --network name=front,interface-name=sixteen_letters_ net:1 sh
check_exit "nor twice the same" 125 "$jctl" run --rm --network name=front,interface-name=a --network name=back,interface-name=a net:1 sh
check_output "a running container joins by a name, too" '^ *media7:' sh -c "
    '$jctl' run -d --name named net:1 sleep 1000 && '$jctl' network connect --interface-name media7 front named &&
    '$jctl' exec named cat /proc/net/dev; '$jctl' rm -f named"
check "an internal network is made" "$jctl" network create --internal inside
check_output "nothing leaves it" 'refused|silence' sh -c '"$0" run --rm --network inside net:1 perl -e "$1" '"$far"' 80 ; true' \
    "$jctl" "$ask"
check "the containers go" "$jctl" rm -f one two three both
check_output "networks without containers are pruned" '^back$' "$jctl" network prune -f
check_output "all of them" '^0$' sh -c "'$jctl' network ls -q --filter type=custom | wc -l"
check_output "no bridge or table of theirs is left" '^0$' sh -c \
    "{ ip -o link; nft list tables; } | grep -c -e ' jn-' -e jctl_n; true"
finish
