#!/bin/sh
# Networks that five virtual hosts share: containers talk by name and address, services have one address that stays,
# networks are kept apart, damage heals, and updates lose no request.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "networks that nodes share" o python3 awk wrk ping
answer="--mount type=bind,source=/usr,target=/usr,readonly --mount type=bind,source=$root/acceptance/overlay,target=/overlay,readonly"
host() {
    number=$1
    shift
    "$jctl" lab cluster exec --base "$work" --name "$lab" "node$number" "$@"
}
runs() {
    [ "$(on 1 service ps --filter desired-state=running --format '{{.CurrentState}}' "$1" | grep -c '^Running')" -eq "$2" ]
}
# inside NODE CONTAINER WORD…: a program in it
inside() {
    node=$1
    container=$2
    shift 2
    on "$node" exec "$container" "$@"
}
task() {
    on "$1" ps -q --filter "label=jctl.service.name=$2" | head -n 1
}
# names NODE CONTAINER HOST COUNT: so many different tasks answer there
answers() {
    on "$1" exec "$2" /usr/bin/python3 /overlay/ask.py tcp "$3" 8080 60 | awk '{ print $1 }' | sort -u > "$work/names"
    ! grep -q failed "$work/names" && [ "$(wc -l < "$work/names")" -eq "$4" ]
}

check "a lab of five is made" "$jctl" lab cluster create --base "$work" --name "$lab" --nodes 5 --managers 3 --agent-option --metrics-addr --agent-option '{address}:9323'
segment=$(cluster ls | sed -n 's/^node1  *\([0-9]*\.[0-9]*\.[0-9]*\)\.1 .*/\1/p')
check "all of them are ready" until_ok 60 sh -c "[ \$(JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' node ls --format '{{.Status}}' | grep -c Ready) -eq 5 ]"

# ---- a network ----

check_output "a network is made for all nodes" '^[0-9a-f]{64}$' on 1 network create -d overlay shop
check "another manager hears of it" until_says '[0-9a-f]+ +shop +overlay +cluster.*' on 3 network ls
check "a worker has heard of it" until_ok 10 sh -c "JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' network inspect shop"
check_exit "its name is taken" 1 on 2 network create -d overlay shop
check_output "and that is said" 'network shop is there already' sh -c "! JCTL_HOST=unix://$work/$lab/node2/run/jctl.sock '$jctl' network create -d overlay shop"
refused() {
    name=$1
    pattern=$2
    shift 2
    if on 1 network create -d overlay "$@" > "$work/output" 2>&1; then
        echo "not ok $name: it was made"
    elif grep -qE -e "$pattern" "$work/output"; then
        echo "ok $name"
    else
        echo "not ok $name: no $pattern"
        sed 's/^/    /' "$work/output"
    fi
}
refused "a subnet that overlaps another network's" 'overlaps that of the network shop' --subnet 10.176.128.0/17 other
refused "a subnet that overlaps what the host reaches" 'overlaps 10\.89\.[0-9.]+/[0-9]+, which this host reaches' --subnet 10.89.0.0/16 other
refused "a subnet that leaves no part for nodes" 'from /8 to /24' --subnet 10.9.9.0/28 other
refused "a gateway, which is each node's own" 'leave it out' --gateway 10.9.9.1 other
refused "a packet too small" '--mtu 100 is not from 576' --mtu 100 other
refused "a name that is no name" 'invalid network name' 'a b'
check_exit "--attachable is of overlay networks" 1 on 1 network create --attachable other

# ---- names and addresses ----

# Words by design.
# shellcheck disable=SC2086
check "a service runs on every node" on 1 service create --name web --mode global --network shop $answer -e 'NAME={{.Task.Name}}' host /usr/bin/python3 /overlay/answer.py 8080
# shellcheck disable=SC2086
check "and one that only asks" on 1 service create --name asker --mode global --network shop $answer host sleep 1000000
asker1=$(task 1 asker)
asker5=$(task 5 asker)
check "its name leads to all five, from a manager's node" until_ok 20 answers 1 "$asker1" web 5
check "and from a worker's" until_ok 20 answers 5 "$asker5" web 5
check "it has one address" sh -c "[ \$(JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 -c 'import socket; print(len({each[4][0] for each in socket.getaddrinfo(\"web\", 80)}))') -eq 1 ]"
check "tasks.web has those of all tasks" sh -c "[ \$(JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 -c 'import socket; print(len({each[4][0] for each in socket.getaddrinfo(\"tasks.web\", 80)}))') -eq 5 ]"
own=$(inside 1 "$asker1" sh -c 'ip -4 -o addr show eth0' | sed -n 's,.*inet \([0-9.]*\)/32.*,\1,p')
check "the client's address is kept" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 /overlay/ask.py tcp web 8080 20 > '$work/seen'; [ \$(awk '{ print \$2 }' '$work/seen' | sort -u) = '$own' ]"
check "datagrams go there as well" inside 1 "$asker1" /usr/bin/python3 /overlay/ask.py udp web 8080 20
check "a task reaches itself by its service's name" until_ok 20 answers 1 "$(task 1 web)" web 5
check "the way back from an address has a name" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 -c 'import socket; print(socket.gethostbyaddr(socket.gethostbyname(\"web\"))[0])' | grep -qx 'web.shop'"
check "a name nobody has is told so" sh -c "! JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock timeout 5 '$jctl' exec $asker1 /usr/bin/python3 -c 'import socket; socket.gethostbyname(\"nobody.shop\")'"
# An address that nobody has is refused by the host, not waited for.
check "an address nobody has is refused at once" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock timeout 5 '$jctl' exec $asker1 /usr/bin/python3 /overlay/ask.py tcp 10.176.250.9 8080 | grep -q 'failed: .*\(refused\|unreachable\)'"
check "by turns each task answers as often" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service update --balance in-turn -q web && sleep 1 && JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 /overlay/ask.py tcp web 8080 20 | awk '{ count[\$1]++ } END { for (each in count) if (count[each] != 4) exit 1 }'"
check "by its address a client has one task" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service update --balance source -q web && sleep 1 && [ \$(JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' exec $asker1 /usr/bin/python3 /overlay/ask.py tcp web 8080 20 | awk '{ print \$1 }' | sort -u | wc -l) -eq 1 ]"
check "and then any again" on 1 service update --balance random -q web
# lookup TYPE NAME PATTERN…: each stands in what node 1's name server answers a container
lookup() {
    inside 1 "$asker1" /usr/bin/python3 /overlay/lookup.py "$1" "$2" > "$work/looked" || return 1
    shift 2
    for pattern; do
        grep -qE -e "$pattern" "$work/looked" || return 1
    done
}
# shellcheck disable=SC2086
check "a service says by what names its ports are found" on 1 service create --name proxy --replicas 2 --network shop --srv _sip._udp:5060 --srv _sip._tcp:5061 --srv _http._tcp:80 $answer host sleep 1000000
check "which lead to each task, with its address" until_ok 20 lookup srv _sip._udp.proxy '^answer _sip._udp.proxy 0 10 5060 1.proxy$' '^answer _sip._udp.proxy 0 10 5060 2.proxy$' '^additional [12].proxy 10\.176\.'
check "SIP finds them by the service's name alone" lookup naptr proxy '^answer proxy 10 [0-9]+ s SIP\+D2U _sip._udp.proxy$' '^answer proxy 20 [0-9]+ s SIP\+D2T _sip._tcp.proxy$'
check "a name without such an address is told at once, and for how long" lookup aaaa proxy '^NOERROR$' '^authority .* for 2 s$'
check "as is a name that nobody has" lookup srv _none._udp.proxy '^NXDOMAIN$' '^authority .* for 2 s$'
check_exit "a port that is none is refused" 1 on 1 service create --name wrong --srv _sip._udp:70000 host true
check "ports get other names" on 1 service update -q --srv-rm _sip._udp --srv-add _sips._tcp:5062 proxy
check "as is found" until_ok 10 lookup naptr proxy 'SIPS\+D2T _sips._tcp.proxy$'
check "and the old one is nobody's" lookup srv _sip._udp.proxy '^NXDOMAIN$'
check "it goes" on 1 service rm proxy
# shellcheck disable=SC2086
check "a service may be its tasks' addresses" on 1 service create --name plain --mode global --endpoint-mode dnsrr --network name=shop,alias=simple $answer -e 'NAME={{.Task.Name}}' host /usr/bin/python3 /overlay/answer.py 8080
check "its name leads to all of them" until_ok 20 answers 1 "$asker1" plain 5
check "so does its alias" until_ok 20 answers 1 "$asker1" simple 5
check "it goes, and its name with it" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service rm plain"
gone() {
    ! inside 1 "$asker1" /usr/bin/python3 -c "import socket; socket.gethostbyname('$1')"
}
check "its name is nobody's" until_ok 20 gone plain
check_exit "a network in use stays" 1 on 1 network rm shop

# ---- kept apart ----

check "another network" on 1 network create -d overlay --attachable other
check "a container that is no task joins it" on 5 run -d --name loner --network other host sleep 1000000
check_output "with an address of this node's part" 'inet 10\.177\.' on 5 exec loner ip -4 addr show eth0
check_exit "and not one that is for tasks" 125 on 5 run --rm --network shop host true
check_exit "nor one that is not there" 125 on 5 run --rm --network nowhere host true
check "it finds nobody of the first one" sh -c "! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' exec loner /usr/bin/python3 -c 'import socket; socket.gethostbyname(\"web\")'"
web5=$(inside 5 "$(task 5 web)" sh -c 'ip -4 -o addr show eth0' | sed -n 's,.*inet \([0-9.]*\)/32.*,\1,p')
check "and does not reach it, on the same node" sh -c "! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' exec loner ping -c 1 -W 1 $web5"
check "nor elsewhere" sh -c "! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' exec loner ping -c 1 -W 1 $own"
vip=$(inside 1 "$asker1" /usr/bin/python3 -c 'import socket; print(socket.gethostbyname("web"))')
for way in "-d --rm --network other --name stranger" "-d --rm --name stranger"; do
    # Words by design.
    # shellcheck disable=SC2086
    on 5 run $answer $way host sleep 1000000 > /dev/null
    check "nor the service's address from a container with $way" sh -c "! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' exec stranger ping -c 1 -W 1 $vip && ! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' exec stranger /usr/bin/python3 /overlay/ask.py tcp $vip 8080"
    on 5 rm -f stranger > /dev/null
done
check "a container of a bridge does not either" sh -c "! JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' run --rm host ping -c 1 -W 1 $web5"
check "it reaches the world outside" on 5 exec loner ping -c 1 -W 2 "$segment.1"
check "a network without an outside" on 1 network create -d overlay --internal --attachable inner
check "has none" sh -c "! JCTL_HOST=unix://$work/$lab/node4/run/jctl.sock '$jctl' run --rm --network inner host ping -c 1 -W 1 $segment.1"
check "two of its containers on two nodes" sh -c "JCTL_HOST=unix://$work/$lab/node4/run/jctl.sock '$jctl' run -d --name four --network inner host sleep 1000000 && JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' run -d --name five --network inner host sleep 1000000"
four=$(on 4 exec four sh -c 'ip -4 -o addr show eth0' | sed -n 's,.*inet \([0-9.]*\)/32.*,\1,p')
check "talk all the same" until_ok 10 on 5 exec five ping -c 1 -W 2 "$four"
check "containers go" sh -c "JCTL_HOST=unix://$work/$lab/node4/run/jctl.sock '$jctl' rm -f four && JCTL_HOST=unix://$work/$lab/node5/run/jctl.sock '$jctl' rm -f five loner"
check_output "so their networks can" '^inner$' on 2 network rm inner other
links_gone() {
    [ "$(host 5 ip -o link show type vxlan | wc -l)" -eq 1 ]
}
check "and leave no tunnel" until_ok 10 links_gone

# ---- damage ----

healed() {
    check "$1" until_ok 6 answers 2 "$(task 2 asker)" web 5
}
vni=$(host 2 ip -o link show type vxlan | sed -n 's/^[0-9]*: \(jx[0-9a-f]*\).*/\1/p')
host 2 ip link delete "$vni"
healed "a tunnel that was deleted comes back"
host 2 ip link set "$vni" down
healed "one that was taken down comes up"
host 2 sh -c "ip route show dev $vni | while read -r route; do ip route delete \$route; done" 2> /dev/null
healed "routes come back"
host 2 sh -c "ip neigh flush dev $vni nud permanent; bridge fdb show dev $vni | awk '/dst/ { print \$1 }' | while read -r mac; do bridge fdb delete \$mac dev $vni; done"
healed "neighbours and their hosts come back"
host 2 nft flush ruleset
healed "rules come back after all were flushed"
host 2 sh -c 'ip link delete $(ip -o link show type bridge | sed -n "s/^[0-9]*: \(jn-[0-9a-f]*\).*/\1/p")'
healed "a bridge that was deleted comes back, with its containers"
table=$(host 2 nft list tables | sed -n 's/^table inet \(.*_balance\)$/\1/p')
host 2 nft flush map inet "$table" addresses4
healed "elements of the services' table come back"
cluster kill node2
check "without its agent a node's containers talk on" answers 3 "$(task 3 asker)" web 5
check "its agent comes back" cluster start node2
check "and finds all as it was" until_ok 20 answers 2 "$(task 2 asker)" web 5

# ---- faults that have a name ----

pid_of() {
    on "$1" inspect -f '{{.State.Pid}}' "$2"
}
# in_container NODE PID WORD…: with the host's programs, in a container's network
in_container() {
    number=$1
    pid=$2
    shift 2
    host "$number" nsenter -t "$pid" -n "$@"
}
gateway_of() {
    inside "$1" "$2" ip -4 route show default | awk '{ print $3 }'
}
# names HOP [TARGET]: that hop fails, before any other
names() {
    on 1 net trace "$asker1" "${2-web:8080}" > "$work/trace"
    [ $? -eq 1 ] && sed -n 's/^FAILS  *//p' "$work/trace" | head -n 1 | grep -q "^$1"
}
restored() {
    on 1 net trace "$asker1" web:8080
}
pid1=$(pid_of 1 "$asker1")
gateway1=$(gateway_of 1 "$asker1")
web4=$(task 4 web)
pid4=$(pid_of 4 "$web4")
gateway4=$(gateway_of 4 "$web4")
# routes NODE PID GATEWAY: those a link loses when it goes down
routes() {
    in_container "$1" "$2" ip link set eth0 up
    in_container "$1" "$2" ip route add "$3" dev eth0
    in_container "$1" "$2" ip route add 10.176.0.0/16 via "$3"
    in_container "$1" "$2" ip route add default via "$3"
}
check "a trace finds nothing wrong where nothing is" restored
check "it names a name that is nobody's" names name nobody
check "a port that nobody listens on" names port web:9
in_container 1 "$pid1" ip link set eth0 down
check "the container's own link" names container
routes 1 "$pid1" "$gateway1"
in_container 1 "$pid1" ip route flush via "$gateway1"
check "its routes" names container
routes 1 "$pid1" "$gateway1" 2> /dev/null
cable=$(on 1 net trace "$asker1" web | sed -n 's/^ok  *cable  *\(jv[0-9a-f]*\) .*/\1/p')
host 1 ip link set "$cable" down
check "its cable" names cable
host 1 ip link set "$cable" up
# Its agent turns it on again if it was off before the agent came, which is the machine's affair.
named_or_mended() {
    "$@" || [ "$(host 1 sysctl -n net.ipv4.ip_forward)" -eq 1 ]
}
host 1 sysctl -qw net.ipv4.ip_forward=0
check "a host that passes nothing on" named_or_mended names forwarding
host 1 sysctl -qw net.ipv4.ip_forward=1
host 4 nft -f - << 'NFT'
table inet fault { chain in { type filter hook input priority 0; udp dport 4789 drop; }; }
NFT
check "a firewall between the nodes" names 'far bridge'
host 4 nft delete table inet fault
cluster cut node1 node4 > /dev/null
check "a node that is not reached" names 'node of'
cluster heal > /dev/null
check "which may have been lost meanwhile, and is back" until_ok 30 answers 1 "$asker1" web 5
in_container 4 "$pid4" ip link set eth0 down
check "the far container" names 'far container'
routes 4 "$pid4" "$gateway4"
in_container 4 "$pid4" nft -f - << 'NFT'
table inet fault { chain in { type filter hook input priority 0; tcp dport 8080 drop; }; }
NFT
check "what drops packets inside of it" names port
in_container 4 "$pid4" nft delete table inet fault
check "a service without tasks" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service create -q -d --name empty --replicas 0 --network shop host true"
check "is named" until_ok 10 names tasks empty
check "it goes again" on 1 service rm empty
check "and nothing of it all is left" until_ok 10 restored

# ---- what is in the way of a node's networks ----

well() {
    on 1 net doctor
}
# fails PATTERN: a check of node 1 fails with that, and so does the command
fails() {
    on 1 net doctor shop > "$work/doctor"
    [ $? -eq 1 ] && grep '^FAILS' "$work/doctor" | grep -qE -e "$1"
}
check "a node is well" well
check_output "for a program, too" '"State": "holds"' on 1 net doctor --output json shop
check_exit "a network it has no part of" 1 on 1 net doctor nowhere
mtu=$(host 4 ip -o link show eth0 2> /dev/null | sed -n 's/.* mtu \([0-9]*\) .*/\1/p')
host 4 ip link set eth0 mtu 1300
check "packets too large have numbers" fails 'small packets pass, packets of [0-9]+ bytes do not: the largest that passes has 125[0-9], so the MTU between the nodes is 130[0-9]'
host 4 ip link set eth0 mtu "$mtu"
host 4 nft -f - << 'NFT'
table inet fault { chain in { type filter hook input priority 0; udp dport 4789 drop; }; }
NFT
node4=$(on 1 node ls --format '{{.ID}} {{.Hostname}}' | awk '/node4$/ { print $1 }')
check "a firewall between the nodes has its node" fails "tunnel of shop to $node4 .* let UDP port 4789"
node1=$(on 1 node ls --format '{{.ID}} {{.Hostname}}' | awk '/node1$/ { print $1 }')
said() {
    on 3 why "$node1" | grep -q "Of its networks: tunnel of shop to $node4: the node answers, and its bridge .* let UDP port 4789"
}
unsaid() {
    on 3 why "$node1" > "$work/why" && ! grep -q "Of its networks" "$work/why"
}
# A way that held is tried each half a minute, one that failed once soon again.
check "any manager says so by itself" until_ok 70 said
check_output "in its journal as well" "tunnel of shop to $node4: the node answers" cat "$work/$lab/node1/agent.log"
host 4 nft delete table inet fault
check "until it is mended" until_ok 60 unsaid
host 1 sysctl -qw net.ipv4.ip_forward=0
check "so has a host that passes nothing on" named_or_mended fails '^FAILS +forwarding'
host 1 sysctl -qw net.ipv4.ip_forward=1
check "and then it is well again" until_ok 10 well
metric() {
    host 2 /usr/bin/python3 -c "import urllib.request; print(urllib.request.urlopen('http://$segment.2:9323/metrics').read().decode())" | grep '^jctl_overlay'
}
counted() {
    metric | grep -qE '^jctl_overlay_repairs_total\{kind="element"\} [1-9]'
}
host 2 nft flush map inet "$table" addresses4
check "what was mended is counted" until_ok 10 counted
check_output "so are services" '^jctl_overlay_services [1-9]' metric

# ---- changes under load ----

# shellcheck disable=SC2086
check "a service that is asked all the time" on 1 service create --name shopfront --replicas 5 --network shop $answer --update-order start-first --update-delay 500ms --health-cmd '/usr/bin/python3 /overlay/ask.py tcp 127.0.0.1 8080' --health-interval 200ms --stop-grace-period 10s -e 'NAME={{.Task.Name}}' host /usr/bin/python3 /overlay/answer.py 8080
check "it answers" until_ok 20 answers 1 "$asker1" shopfront 5
# load SECONDS: with wrk, in the background; its word is in $work/wrk
load() {
    on 3 exec "$(task 3 asker)" /usr/bin/wrk -t1 -c8 -d"$1"s http://shopfront:8080/ > "$work/wrk" 2>&1 &
    loading=$!
    sleep 1
}
# few_lost: of a hundred requests not one. On a machine that is busy with five agents some may meet a server that has just
# closed; how many is noted.
few_lost() {
    wait $loading
    awk '/requests in/ { asked = $1 } /Socket errors/ { gsub(",", ""); lost = $4 + $6 + $8 + $10 }
        /Non-2xx/ { lost += $NF } END { print asked + 0, lost + 0; exit asked == 0 || lost * 100 > asked }' \
        "$work/wrk" > "$work/lost" || { cat "$work/wrk"; return 1; }
}
load 25
check "it is rolled over" on 1 service update --force -q shopfront
check "no request in a hundred was lost meanwhile" few_lost
echo "# requests, and lost ones: $(cat "$work/lost")"
load 12
check "it is made smaller and larger" sh -c "JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service scale shopfront=2 > '$work/scaled' && JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service scale shopfront=5 >> '$work/scaled'"
check "nor meanwhile" few_lost
echo "# requests, and lost ones: $(cat "$work/lost")"

# ---- who may talk to whom ----

check_exit "what is no rule is refused" 1 on 1 network update --rule-add 'permit asker to web' shop
check_exit "and a change that changes nothing" 1 on 1 network update shop
check_exit "rules are of overlay networks" 1 on 1 network create --rule 'allow a to b' other
check "a network is closed but for what a rule allows" on 1 network update --default-deny --rule-add 'allow asker to web:8080' shop
refuses() {
    ! inside "$1" "$2" /usr/bin/python3 /overlay/ask.py tcp "$3" "$4" > "$work/refused" 2>&1 && grep -q "$5" "$work/refused"
}
check "what none allows is refused at once" until_ok 10 refuses 1 "$asker1" shopfront 8080 'No route to host'
check "what one allows goes on, on every node" answers 5 "$asker5" web 5
check "also another port is refused" refuses 5 "$asker5" web 8081 'No route to host'
check "names are found all the same" inside 2 "$(task 2 asker)" /usr/bin/python3 -c 'import socket; socket.gethostbyname("shopfront")'
check "whoever was asked does not ask back" refuses 3 "$(task 3 web)" asker 8080 'No route to host'
flows() {
    for node in 1 2 3 4 5; do
        on $node net flows shop
    done | grep -qE "$1"
}
check "what was refused is told by name" flows 'shop +[0-9a-z-]+\.asker +[0-9a-z-]+\.web +8081/tcp +[0-9]+ .*default deny'
check_exit "a network nobody has is said" 1 on 1 net flows nowhere
check "so it is in a trace" names policy web:8081
check "which finds nothing in the way of what is allowed" restored
check_output "rules are shown" '"jctl.policy.rule.1": "allow asker to web:8080"' on 4 network inspect shop
check "a rule before it refuses some" on 2 network update --rule-add 'deny asker to web' --rule-first shop
check "as is felt" until_ok 10 refuses 1 "$asker1" web 8080 'No route to host'
check "and told with the rule" flows 'asker .*web .*8080/tcp .*deny asker to web'
check "it is taken back" on 2 network update --rule-rm 'deny asker to web' shop
check "as is felt" until_ok 10 answers 1 "$asker1" web 5
check_exit "what is not there cannot be" 1 on 2 network update --rule-rm 'deny asker to web' shop
stands_again() {
    ! answers 2 "$(task 2 asker)" shopfront 5 && answers 2 "$(task 2 asker)" web 5
}
for node in 1 2 3 4 5; do
    host $node nft flush ruleset
done
check "rules that were flushed come back" until_ok 6 stands_again
web2=$(inside 2 "$(task 2 web)" ip -4 -o addr show eth0 | awk '{ sub("/.*", "", $4); print $4 }')
cluster kill node2
check "without its agent a node keeps its containers' rules" refuses 3 "$(task 3 asker)" "$web2" 8081 'No route to host'
check "its agent comes back" cluster start node2
check "services are meant by their labels, too" on 1 service update -q --label-add tier=asking asker
check "and by rules about them" on 1 network update --rule-add 'allow tier=asking to shopfront' shop
check "as is felt" until_ok 20 answers 1 "$(task 1 asker)" shopfront 5
check "the network is opened" on 1 network update --default-deny=false --rule-rm 'allow tier=asking to shopfront' --rule-rm 'allow asker to web:8080' shop
check "and everybody talks to everybody" until_ok 10 inside 3 "$(task 3 web)" ping -c 1 -W 2 asker

# ---- ports of every node ----

# shellcheck disable=SC2086
check "a port of every node" on 1 service create --name front --replicas 2 -p 8088:8080 -p 8089:8080/udp $answer -e 'NAME={{.Task.Name}}' host /usr/bin/python3 /overlay/answer.py 8080
check_output "is listed" '\*:8088->8080/tcp, \*:8089->8080/udp' on 1 service ls
check_exit "it is nobody else's" 1 on 1 service create --name other -d -p 8088:80 host true
check_output "and whose it is is said" 'port 8088/tcp is published by service front' sh -c "! JCTL_HOST=unix://$work/$lab/node1/run/jctl.sock '$jctl' service create --name other -d -p 8088:80 host true"
check_exit "a container cannot have it either" 125 on 2 run --rm -p 8088:80 host true
# reached FROM PROTOCOL ADDRESS PORT: both tasks answer
reached() {
    host "$1" /usr/bin/python3 "$root/acceptance/overlay/ask.py" "$2" "$3" "$4" 30 | awk '{ print $1 }' | sort -u > "$work/names"
    ! grep -q failed "$work/names" && [ "$(wc -l < "$work/names")" -eq 2 ]
}
for node in 1 2 3 4 5; do
    check "node $node leads to both tasks, whoever asks" until_ok 10 reached $((node % 5 + 1)) tcp "$segment.$node" 8088
done
check "also datagrams" reached 2 udp "$segment.4" 8089
# sees FROM NODE: the address that all tasks see
sees() {
    host "$1" /usr/bin/python3 "$root/acceptance/overlay/ask.py" tcp "$segment.$2" 8088 30 | awk '{ print $2 }' | sort -u
}
check_output "tasks of other nodes see the client's address, too" "^$segment.5\$" sees 5 1
check_output "and those of the client's own node" "^$segment.1\$" sees 1 2
# shellcheck disable=SC2086
check "a service may prefer tasks of the node that is asked" on 1 service create -q --name near --mode global --prefer-local -p 8091:8080 $answer -e 'NAME={{.Node.Hostname}}' host /usr/bin/python3 /overlay/answer.py 8080
near() {
    for node in 1 2 3 4 5; do
        host 5 /usr/bin/python3 "$root/acceptance/overlay/ask.py" tcp "$segment.$node" 8091 10 | awk '{ print $1 }' | sort -u
    done > "$work/names"
    ! grep -q failed "$work/names" && [ "$(sort -u "$work/names" | wc -l)" -eq 5 ] && [ "$(wc -l < "$work/names")" -eq 5 ]
}
check "each node leads to its own" until_ok 20 near
check "it is taken back" on 1 service update -q --prefer-local=false near
apart() { ! near; }
check "without it they lead to all" until_ok 20 apart
check "it goes" on 1 service rm near
# ---- plain routes ----

check_output "a network of plain routes is made" '^[0-9a-f]{64}$' on 2 network create -d overlay --backend host-gw plain
refused "routes that encrypt" 'plain routes encrypt nothing' --backend host-gw --encrypted other
refused "a backend nobody knows" 'expected vxlan or host-gw' --backend ipsec other
# shellcheck disable=SC2086
check "a service is in it on every node" on 1 service create -q --name routed --mode global --network plain --publish 8093:8080 $answer -e 'NAME={{.Task.Name}}' host /usr/bin/python3 /overlay/answer.py 8080
check "its name leads to all five" until_ok 20 answers 2 "$(task 2 routed)" routed 5
ways() {
    [ "$(host 3 ip route show proto 106 | grep -c -e ' via ' -e '^unreachable')" -eq 5 ]
}
check "by routes of the hosts" ways
check_output "as is said of it" '"backend": "host-gw"' on 4 network inspect plain
check_output "a trace goes along them" 'way of .* a route leads to node' on 2 net trace "$(task 2 routed)" routed:8080
check "and finds nothing wrong" on 2 net trace "$(task 2 routed)" routed:8080
check "nor does the doctor" on 2 net doctor plain
plain_port() {
    host "$1" /usr/bin/python3 "$root/acceptance/overlay/ask.py" tcp "$2" 8093 60 | awk '{ print $1 }' | sort -u > "$work/names"
    ! grep -q failed "$work/names" && [ "$(wc -l < "$work/names")" -eq 5 ]
}
check "a port of every node leads to all tasks" until_ok 10 plain_port 5 "$segment.1"
check "by the loopback, too" until_ok 10 plain_port 1 127.0.0.1
check "routes are taken away" host 3 ip route flush proto 106
check "and come back" until_ok 10 ways
check "it goes with its routes" on 1 service rm routed
no_plain() {
    on 1 network rm plain && sleep 3 && [ -z "$(host 3 ip route show proto 106)" ] \
        && [ "$(host 3 cat /proc/sys/net/ipv4/conf/eth0/route_localnet)" = 0 ]
}
check "and settings" until_ok 40 no_plain

check "a node asks itself" reached 3 tcp "$segment.3" 8088
check "by its loopback, too" reached 3 tcp 127.0.0.1 8088
inside_reached() {
    on 4 exec "$(task 4 asker)" /usr/bin/python3 /overlay/ask.py tcp "$segment.2" 8088 5
}
check "a container of another network asks as well" inside_reached
check "the port is changed" on 1 service update -q --publish-rm 8080 --publish-add 8090:8080 front
check "and leads there" until_ok 10 reached 5 tcp "$segment.1" 8090
closed() {
    ! host 5 /usr/bin/python3 "$root/acceptance/overlay/ask.py" tcp "$segment.1" 8088
}
check "the old one leads nowhere" until_ok 10 closed
check "a port nobody named is chosen" on 1 service create --name any --replicas 1 -p 8080 host sleep 1000000
check_output "from 30000 on" '\*:30000->8080/tcp' on 1 service ls
check "they go" on 1 service rm front any
no_ingress() {
    on 1 network rm ingress
}
check "and so can their network" until_ok 20 no_ingress

# ---- a node that is lost ----

cluster power-off node4
down() {
    on 1 node ls --format '{{.Hostname}} {{.Status}}' | grep -q "node4 Down"
}
check "a node is lost" until_ok 30 down
check "its tasks are asked no more" until_ok 10 answers 1 "$asker1" web 4
cluster power-on node4
check "it is back" until_ok 60 answers 1 "$asker1" web 5
web3=$(inside 3 "$(task 3 web)" sh -c 'ip -4 -o addr show eth0' | sed -n 's,.*inet \([0-9.]*\)/32.*,\1,p')
check "a node is cut off" cluster cut node3 node1 node2 node4 node5
check "its own containers talk on" until_ok 10 inside 3 "$(task 3 asker)" ping -c 1 -W 2 "$web3"
away() {
    on 1 node ls --format '{{.Hostname}} {{.Status}}' | grep -q "node3 Down"
}
check "the others find it lost" until_ok 30 away
check "and go on without its tasks" until_ok 20 answers 1 "$asker1" web 4
check "it is let in again" cluster heal
check "healed, all is as it was" until_ok 60 answers 3 "$(task 3 asker)" web 5

check "services go" on 1 service rm web asker shopfront
nothing() {
    on 1 network rm shop && sleep 3 && [ "$(host 1 ip -o link show | grep -c ': j[nx]')" -eq 0 ]
}
check "and the network with bridge and tunnel" until_ok 40 nothing
finish
