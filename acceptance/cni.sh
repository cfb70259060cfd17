#!/bin/sh
# CNI networks: external plugins (bridge, host-local, portmap) make a container's network, and unmake it,
# be the agent killed between.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

for program in ip iptables nft perl ping; do
    command -v $program >/dev/null || missing=$program
done
for plugin in bridge host-local portmap; do
    [ -x /usr/lib/cni/$plugin ] || missing="the CNI plugin $plugin"
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    skip "CNI networks" "needs root, the programs ip, iptables, nft, perl and ping, and Debian's containernetworking-plugins"
    finish
    exit 0
fi

# A subnet that no route of this host touches, without its last octet.
tries=0
while subnet=10.213.$((($$ + tries) % 250 + 1)) && ip -4 route show table all root "$subnet.0/24" | grep -q .; do
    tries=$((tries + 1))
    [ $tries -lt 250 ] || exit 1
done
bridge=jcni$(($$ % 100000))
tables_before=$(nft list tables)
had_chains=$(iptables -t nat -S CNI-HOSTPORT-DNAT 2>/dev/null)

# The bridge, and what portmap makes once for all containers, stay by the plugins' own design.
no_bridge() {
    ip link del "$bridge" 2>/dev/null
    [ -z "$had_chains" ] || return 0
    iptables -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
    iptables -t nat -D OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
    iptables -t nat -D POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
    for chain in DNAT MASQ SETMARK; do
        iptables -t nat -F CNI-HOSTPORT-$chain
    done
    for chain in DNAT MASQ SETMARK; do
        iptables -t nat -X CNI-HOSTPORT-$chain
    done
}
# iptables(8) makes a table when it is first asked about one. (Each of its rules counts.)
no_tables() {
    for family in ip ip6; do
        echo "$tables_before" | grep -qx "table $family nat" ||
            nft list table $family nat | grep -q counter || nft delete table $family nat
    done
}
end() {
    stop_agent
    { no_bridge; no_tables; } 2>/dev/null
    clean_up
}
trap end EXIT

mkdir "$work/net.d" "$work/bin"
cat > "$work/net.d/10-plain.conflist" <<EOF
{"cniVersion": "1.0.0", "name": "plain", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "capabilities": {"ips": true},
   "dns": {"nameservers": ["$subnet.1"], "search": ["cni.example"]},
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$subnet.0/24"}]],
     "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "$work/addresses"}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
cat > "$work/net.d/20-broken.conflist" <<EOF
{"cniVersion": "1.0.0", "name": "broken", "plugins": [
  {"type": "bridge", "bridge": "$bridge", "isGateway": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$subnet.0/24"}]], "dataDir": "$work/addresses"}},
  {"type": "refuses"}]}
EOF
cat > "$work/bin/refuses" <<'EOF'
#!/bin/sh
[ "$CNI_COMMAND" = DEL ] && exit 0
echo '{"cniVersion": "1.0.0", "code": 117, "msg": "not today", "details": "the moon is wrong"}'
exit 1
EOF
chmod +x "$work/bin/refuses"

start_agent_here() {
    start_agent --cni-conf-dir "$work/net.d" --cni-bin-dir /usr/lib/cni --cni-bin-dir "$work/bin"
}
kill_agent() {
    kill -9 "$agent"
    wait "$agent" 2>/dev/null
    rm -f "$work/run/jctl.sock"
}
# A server that says hello, and a client; perl's own sockets.
serve='socket(S,2,1,6); setsockopt(S,1,2,pack("i",1)); bind(S,pack("S n a4 x8",2,80,"\0"x4)) or die;
    listen(S,9); while(accept(C,S)){ syswrite(C,"hello\n"); close C }'
ask='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a))); $SIG{ALRM}=sub{exit 3}; alarm 5;
    socket(S,2,1,6); connect(S,$t) or exit 2; sysread(S,$b,99); print $b'
until_says() {
    tries=0
    until perl -e "$ask" "$@" 2>/dev/null | grep -qx hello; do
        tries=$((tries + 1))
        [ $tries -lt 25 ] || return 1
        sleep 0.2
    done
}
addresses() {
    find "$work/addresses" -name '*.*.*.*' | wc -l
}
cables() {
    ip -o link show master "$bridge" 2>/dev/null | wc -l
}
rules() {
    iptables -t nat -S | grep -cE "$subnet|CNI-DN-"
}
nothing_is_left() {
    [ "$(addresses) $(cables) $(rules)" = "0 0 0" ] && [ -z "$(find "$work/run/netns" "$work/data/cni" -type f)" ] &&
        ! grep -q "$work/run/netns" /proc/self/mountinfo && return 0
    echo "$(addresses) addresses, $(cables) cables, $(rules) rules"
    ls "$work/run/netns" "$work/data/cni"
    iptables -t nat -S
    return 1
}

start_agent_here
check "an image with a server is made" "$jctl" image from-host -t cni:1 sh sleep perl cat ip ping true
check_output "the networks are listed" '^[0-9a-f]{12} +cni:plain +cni' "$jctl" network ls
check "a container joins one" "$jctl" run -d --name web -p 18090:80 --network cni:plain cni:1 perl -e "$serve"
check_output "it has an address" "inet $subnet\.[0-9]+/24 .*eth0" "$jctl" exec web ip -4 addr show
check_output "inspect shows it" "^$subnet\.2\$" "$jctl" inspect \
    --format '{{.NetworkSettings.IPAddress}}' web
check_output "and /etc/hosts" "^$subnet\.2" "$jctl" exec web cat /etc/hosts
check_output "resolv.conf is the network's" "^nameserver $subnet\.1\$" "$jctl" exec web cat /etc/resolv.conf
check_output "with its search domains" "^search cni\.example\$" "$jctl" exec web cat /etc/resolv.conf
check "it reaches the host" "$jctl" exec web ping -c 1 -W 3 "$subnet.1"
check_output "another container reaches it" '^hello$' \
    "$jctl" run --rm --network cni:plain cni:1 perl -e "$ask" "$subnet.2" 80
check "its port answers" until_says "$subnet.1" 18090
check_output "ps shows the port" '18090->80/tcp' "$jctl" ps
check_output "an address can be chosen" "inet $subnet\.77/24" \
    "$jctl" run --rm --ip "$subnet.77" --network cni:plain cni:1 ip -4 addr show eth0
check_exit "a taken port is refused" 125 "$jctl" run --rm -p 18090:80 --network cni:plain cni:1 true
check_exit "a port is refused where no plugin maps it" 125 "$jctl" run --rm -p 18091:80 --network cni:broken cni:1 true
check_exit "an unknown network is refused" 125 "$jctl" run --rm --network cni:nowhere cni:1 true
check_exit "a plugin that fails keeps the container from starting" 125 \
    "$jctl" run --rm --network cni:broken cni:1 true
cp "$work/output" "$work/refusal"
check_output "and is named with its code and words" \
    'plugin refuses of the network broken failed at ADD, code 117: not today \(the moon is wrong\)' cat "$work/refusal"
check_output "what was made before it is unmade" '^1 1$' sh -c "echo $(addresses) $(cables)"
check_exit "a program that is not there is not started" 127 \
    "$jctl" run --rm --network cni:plain cni:1 /no/such/program
check_output "and its network is unmade" '^1 1$' sh -c "echo $(addresses) $(cables)"
check "a container joins it" "$jctl" run --rm --network container:web cni:1 ping -c 1 -W 3 "$subnet.1"

# ---- the agent is killed ----
check "a second one runs" "$jctl" run -d --name other --network cni:plain cni:1 sleep 1000
pid=$("$jctl" inspect --format '{{.State.Pid}}' other)
kill_agent
check "the container goes on without the agent" until_says "$subnet.1" 18090
kill -9 "$pid"
start_agent_here
check_output "the agent finds the one that runs" '18090->80/tcp' "$jctl" ps
check "and its network" until_says "$subnet.1" 18090
check_output "the one that ended meanwhile is taken out" '^1 1$' sh -c "echo $(addresses) $(cables)"
check "it is started again" "$jctl" start other
check_output "with a network" "inet $subnet" "$jctl" exec other ip -4 addr show eth0
check "stop takes it out" "$jctl" stop -t 0 other
check_output "so that one is left" '^1 1$' sh -c "echo $(addresses) $(cables)"
check "removal takes the other out" "$jctl" rm -f web
check "nothing is left of any" nothing_is_left
finish
