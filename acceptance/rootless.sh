#!/bin/sh
# An ordinary user's containers: a user made for this script, with ids of his own, on a machine that is a network
# and a mount namespace here, with another machine beside it. All of it is gone afterwards.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
for program in ip nft perl getent useradd userdel newuidmap slirp4netns unshare nsenter setpriv script; do
    command -v $program > /dev/null || missing=$program
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    echo "skip an ordinary user's containers: needs root, and the program ${missing-that makes a user}"
    echo end
    exit 0
fi
if [ "${1-}" != inside ]; then
    exec unshare --mount --propagation private --net sh "$0" inside
fi
. "$(dirname "$0")/lib/cases.sh"

# ---- the user, and the machines ----
user=jctl-user-$$
own=$work/own
shared=$work/shared
standard_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
far=198.18.5.77
near=198.18.5.1

# What a run left behind that was killed before it could clean up.
sed -n 's/^\(jctl-user-[0-9]*\):.*/\1/p' /etc/passwd | while read -r dead; do
    [ -d "/proc/${dead#jctl-user-}" ] || userdel "$dead"
done

make_user() {
    useradd --no-create-home --home-dir "$work/home" --shell /bin/sh "$user" &&
        { grep -q "^$user:" /etc/subuid ||
            usermod --add-subuids 300000-365535 --add-subgids 300000-365535 "$user"; } &&
        chmod 0711 "$work" && mkdir "$work/home" "$own" "$shared" "$work/bin" &&
        chown "$user" "$work/home" "$own" "$shared" && chmod 0700 "$own" && chmod 0777 "$shared"
}

# Where the device file is root's alone, this machine has another.
make_tun() {
    [ -c /dev/net/tun ] && mknod -m 0666 "$work/tun" c 10 200 && mount --bind "$work/tun" /dev/net/tun
}

# The other machine, which is a process that sleeps in a network of its own.
other=
servers=
make_machines() {
    unshare --net sleep 1000 &
    other=$!
    until_ok 5 sh -c '! [ /proc/self/ns/net -ef "/proc/$0/ns/net" ]' "$other" || return 1
    mount -t sysfs sysfs /sys && { mount --rbind "$work/cgroup" /sys/fs/cgroup || true; } &&
        ip link set lo up && ip link add near type veth peer name far netns "$other" &&
        ip addr add "$near/24" dev near && ip link set near up && ip route add default via "$far" &&
        from_other ip addr add "$far/24" dev far && from_other ip link set far up &&
        from_other ip link set lo up
}

from_other() {
    nsenter --target "$other" --net "$@"
}

# as_user COMMAND…: with an environment of his own.
as_user() {
    (cd / && exec setpriv --reuid "$user" --regid "$user" --init-groups env -i HOME="$work/home" \
        XDG_RUNTIME_DIR="$own" PATH="${user_path-$standard_path}" LANG=C.UTF-8 TERM=vt100 "$@")
}

# his COMMAND…: jctl, as him.
his() {
    as_user "$jctl" "$@"
}

# log_says TEXT CONTAINER
log_says() {
    his logs "$2" | grep -q "$1"
}
# listed TEXT: among all his containers.
listed() {
    his ps -a | grep -q "$1"
}

agent_process() {
    cat "$own/jctl/lock"
}
kill_agent() {
    killed=$(agent_process)
    kill -9 "$killed" && until_ok 5 ended "$killed"
}
# ended PROCESS: also if nobody has waited for it.
ended() {
    ! [ -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}
# his_processes: those that are not dead.
his_processes() {
    # A state, which pgrep does not show.
    # shellcheck disable=SC2009
    ps -o stat=,args= -U "$user" | grep -v '^Z'
}
no_process_of_his() {
    ! his_processes
}
# Of what tools/residue lists, that which is this script's own: others work on the machine meanwhile.
residue() {
    "$root/tools/residue" | grep -E '^(mount|link|nft|route|loop) '
}
end_agent() {
    ending=$(agent_process)
    kill "$ending" && until_ok 10 ended "$ending"
}
tidy() {
    if [ -S "$own/jctl/jctl.sock" ]; then
        ids=$(his ps -aq 2> /dev/null)
        # Words by design.
        # shellcheck disable=SC2086
        [ -z "$ids" ] || his rm -f $ids > /dev/null 2>&1
    fi
    [ -r "$own/jctl/lock" ] && end_agent 2> /dev/null
    # Words by design.
    # shellcheck disable=SC2086
    kill $other $servers 2> /dev/null
    for process in $(ps -o pid= -U "$user" 2> /dev/null); do kill -9 "$process" 2> /dev/null; done
    wait
    userdel "$user" 2> /dev/null
    for folder in "${delegated-}/jctl-agent" "${delegated-}"; do
        [ "$folder" = /jctl-agent ] || [ -z "$folder" ] || rmdir "$folder" 2> /dev/null
    done
    umount -l "$work/cgroup" 2> /dev/null
    clean_up
}
trap tidy EXIT

# check_refusal NAME CODE EXPECTED COMMAND…: ok if it exits with this code and says a line that matches.
check_refusal() {
    name=$1
    expected=$3
    wanted=$2
    shift 3
    "$@" > "$work/output" 2>&1
    code=$?
    if [ $code -eq "$wanted" ] && grep -qE -e "$expected" "$work/output"; then
        echo "ok $name"
    else
        echo "not ok $name: $(one_line "$@") exited with $code and did not say $expected"
        sed 's/^/    /' "$work/output"
    fi
}

# ---- a server that tells each client the address it sees, and clients ----
serve='$p=shift; $at=shift // "0.0.0.0"; socket(S,2,1,6); setsockopt(S,1,2,pack("i",1));
    bind(S,pack("S n a4 x8",2,$p,pack("C4",split(/\./,$at)))) or die; listen(S,9); while(accept(C,S)){
    ($f,$q,$i)=unpack("S n a4",getpeername(C)); syswrite(C,join(".",unpack("C4",$i))."\n"); close C }'
serve_datagrams='$p=shift; socket(S,2,2,17); bind(S,pack("S n a4 x8",2,$p,"\0"x4)) or die;
    while($c=recv(S,$b,9,0)){ ($f,$q,$i)=unpack("S n a4",$c);
    send(S,join(".",unpack("C4",$i))."\n",0,$c) }'
ask='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a))); $SIG{ALRM}=sub{print "silence\n"; exit 3};
    alarm 3; socket(S,2,1,6); connect(S,$t) or do { print "refused\n"; exit 2 };
    sysread(S,$b,99) or do { print "refused\n"; exit 2 }; print $b'
ask_datagrams='($a,$p)=@ARGV; $t=pack("S n a4 x8",2,$p,pack("C4",split(/\./,$a)));
    $SIG{ALRM}=sub{print "silence\n"; exit 3}; alarm 3; socket(S,2,2,17); send(S,"x",0,$t); recv(S,$b,99,0); print $b'

# The launcher builds nothing as him.
"$jctl" --version > /dev/null
mkdir "$work/cgroup" && mount --rbind /sys/fs/cgroup "$work/cgroup"
check "a user with ids of his own is made" make_user
check "and two machines" make_machines
make_tun
as_user test -x "$jctl" || {
    skip "an ordinary user's containers" "the checkout is in a folder he may not enter"
    finish
    exit 0
}
residue > "$work/before"

# ---- what is missing is named ----
ln -s -t "$work/bin" /usr/bin/* /usr/sbin/* 2> /dev/null
for program in newuidmap:uidmap slirp4netns:slirp4netns; do
    rm "$work/bin/${program%:*}"
    user_path=$work/bin
    check_refusal "without ${program%:*} no agent starts" 125 "needs ${program%:*}: apt-get install ${program#*:}" \
        his agent
    unset user_path
    ln -s "$(command -v "${program%:*}")" "$work/bin"
done
: > "$work/empty"
mount --bind "$work/empty" /etc/subuid
check_refusal "without a range of ids no agent starts" 125 "no range of ids in /etc/subuid: .*usermod --add-subuids" \
    his agent
check_refusal "doctor finds it missing" 1 "MISSING +subuid" \
    his doctor
umount /etc/subuid
check_output "doctor finds the range" "ok +subuid +[0-9]+ ids for $user" his doctor
check_exit "and nothing that an agent could not do without" 0 his doctor

# ---- an agent that does not begin ----
check_refusal "an agent of unknown words is refused" 1 'unknown flag: --bogus' his agent --bogus
check "and leaves no process of his" until_ok 5 no_process_of_his
check_exit "nor does one that is asked for help" 0 his agent --userns host --help
check "leave any" until_ok 5 no_process_of_his

# ---- a container's daily life ----
check "the first command starts his agent" his image from-host -t r:1 \
    sh sleep getent perl cat id ls stat touch rm chmod chown mount true
check_output "he is root in a container" '^uid=0\(root\)' his run --rm r:1 id
check_output "and another user, if he likes" '^1000 0$' his run --rm --user 1000:0 r:1 sh -c 'echo $(id -u) $(id -g)'
check_output "with a terminal" '^size 0 1.?$' script -qec "$(command -v setpriv) --reuid $user --regid $user \
    --init-groups env -i HOME=$work/home XDG_RUNTIME_DIR=$own PATH=$standard_path TERM=vt100 $jctl run --rm -it r:1 \
    sh -c 'test -t 0 && echo size 0 1'" /dev/null
check "in the background" his run -d --name clock r:1 sh -c 'trap "exit 7" TERM; while :; do echo tick; sleep 0.1; done'
check_output "which ps shows" 'clock$' his ps
check_output "exec runs another program in it" '^1 sh' his exec clock perl -e \
    'open(F,"/proc/1/cmdline"); $_=<F>; s/\0.*//s; print "1 $_\n"'
check "logs has what it said" until_ok 5 log_says tick clock
check_output "stop stops it" '^clock$' his stop clock
check_output "with its own code" 'Exited \(7\)' his ps -a
check_output "rm removes it" '^clock$' his rm clock
check_refusal "a limit is refused where no cgroup is delegated" 125 'no cgroup is delegated' \
    his run --rm --memory 64m r:1 true
check "the host's processes are seen with --pid host" his run --rm --pid host r:1 ls "/proc/$$"
check_exit "a program's exit code is passed through" 9 his run --rm r:1 sh -c 'exit 9'

# ---- files ----
subuid=$(awk -F: -v user="$user" '$1 == user { print $2; exit }' /etc/subuid)
check "a file of the host is bound" his run --rm -v "$shared:/x" r:1 sh -c 'touch /x/mine'
check_output "what root makes there is the user's" "^$user$" stat -c %U "$shared/mine"
check "what another makes" his run --rm --user 1000:1000 -v "$shared:/x" r:1 touch /x/other
check_output "belongs to an id of his range" "^$((subuid + 999))$" stat -c %u "$shared/other"
check "read-only is kept" his run --rm -v "$shared:/x:ro" r:1 sh -c '! touch /x/no 2> /dev/null'
: > "$work/secret" && chmod 0600 "$work/secret"
check_exit "a file of the host's root cannot be read" 1 his run --rm -v "$work/secret:/secret" r:1 cat /secret
check_exit "nor be made the user's" 1 his run --rm -v "$work/secret:/secret" r:1 chown 0 /secret
check "a volume is made" his volume create keep
check "and written" his run --rm -v keep:/data r:1 sh -c 'echo kept > /data/file; chown 33:33 /data/file'
check_output "and read by another container" '^33 kept$' his run --rm -v keep:/data r:1 \
    sh -c 'echo $(stat -c %u /data/file) $(cat /data/file)'
check "devices are there" his run --rm r:1 sh -c 'echo x > /dev/null && test -c /dev/urandom'
check "and others by another name" his run --rm --device /dev/null:/dev/given r:1 sh -c 'echo x > /dev/given && test -c /dev/given'
check_output "that nobody can make" 'not permitted|denied' his run --rm r:1 perl -e \
    '$f="/kmsg"; syscall(259,-100,$f,020600,0x10b) == 0 or print "$!\n"'

# ---- images ----
make_archive() {
    . "$root/acceptance/lib/root.sh"
    make_root "$work/image" sh id stat cat rm ls
    cp "$work/image/bin/id" "$work/image/bin/id-of-root"
    chmod 4755 "$work/image/bin/id-of-root"
    echo deep > "$work/image/etc/of-33" && chown 33:34 "$work/image/etc/of-33"
    echo high > "$work/image/etc/of-65534" && chown 65534:65534 "$work/image/etc/of-65534"
    tar -C "$work/image" -cf "$work/image.tar" . && chmod 0644 "$work/image.tar"
}
check "an archive with several users' files is made" make_archive
check "and becomes an image" his image import "$work/image.tar" users:1
check "is saved" his save -o "$own/users.tar" users:1
check "removed" his rmi users:1
check "and loaded again" his load -i "$own/users.tar"
check_output "its files are their users'" '^33:34 65534:65534 4755$' his run --rm users:1 sh -c \
    'echo $(stat -c %u:%g /etc/of-33 /etc/of-65534) $(stat -c %a /bin/id-of-root)'
check_output "a setuid program is one" 'euid=0' his run --rm --user 33 users:1 id-of-root
check "a container removes and makes files" his run --name changed users:1 sh -c \
    'rm -r /etc/of-33 /tmp; echo new > /etc/new'
check "and becomes an image, too" his commit changed users:2
check_output "which is so" '^new no no$' his run --rm users:2 sh -c \
    'echo $(cat /etc/new) $(test -e /etc/of-33 || echo no) $(test -e /tmp || echo no)'
check "the container goes" his rm changed
printf '100000:x\n' > "$work/image/etc/far" && chown 3000000:0 "$work/image/etc/far"
tar -C "$work/image" -cf "$work/far.tar" ./etc/far && chmod 0644 "$work/far.tar"
check_refusal "an id beyond his range is refused" 1 'belongs to user 3000000 .*--add-subuids' \
    his image import "$work/far.tar" far:1
if command -v docker-registry > /dev/null; then
    cat > "$own/registry.yml" <<'END'
version: 0.1
storage: { filesystem: { rootdirectory: /data } }
http: { addr: 127.0.0.1:5055 }
END
    chmod 0644 "$own/registry.yml"
    check "an image of a registry" his image from-host -t registry:1 docker-registry
    check "which serves in his own network" his run -d --name registry --network host -v keep:/data \
        -v "$own/registry.yml:/registry.yml:ro" registry:1 docker-registry serve /registry.yml
    check "takes an image" his tag users:1 localhost:5055/users:1
    check "when it is pushed" until_ok 10 his push localhost:5055/users:1
    check "which is removed here" his rmi localhost:5055/users:1 users:1
    check "and pulled" his pull localhost:5055/users:1
    check_output "with its users" '^33$' his run --rm localhost:5055/users:1 stat -c %u /etc/of-33
    check "the registry goes" his rm -f registry
else
    skip "push and pull" "needs the program docker-registry"
fi

# ---- the network ----
nsenter --target "$other" --net perl -e "$serve" 8000 &
servers=$!
perl -e "$serve" 8001 127.0.0.1 &
servers="$servers $!"
check "a container reaches another machine, as this one" until_says "$near" his run --rm r:1 perl -e "$ask" "$far" 8000
check "this machine's own services are there" until_says 127.0.0.1 perl -e "$ask" 127.0.0.1 8001
check_exit "but not those of its loopback address for containers" 2 his run --rm r:1 perl -e "$ask" 10.0.2.2 8001
check "a network is made" his network create front
check "with one in it" his run -d --name one --network front r:1 perl -e "$serve" 80
check_output "whom another finds by name" 'STREAM one$' his run --rm --network front r:1 getent ahostsv4 one
one=$(his inspect --format '{{.NetworkSettings.Networks.front.IPAddress}}' one)
check_output "and reaches" '^[0-9.]+$' his run --rm --network front r:1 perl -e "$ask" "$one" 80
check "they go" his rm -f one
check "and the network" his network rm front

check "a port is published" his run -d --name web -p 18080:80 -p 127.0.0.1:18081:80 r:1 perl -e "$serve" 80
check "a client from outside keeps its address" until_says "$far" from_other perl -e "$ask" "$near" 18080
check_exit "a port of 127.0.0.1 is none of others" 2 from_other perl -e "$ask" "$near" 18081
check_output "127.0.0.1 leads there too" '^10\.0\.2\.2$' perl -e "$ask" 127.0.0.1 18080
check_output "and the port that is only there" '^10\.0\.2\.2$' perl -e "$ask" 127.0.0.1 18081
check_output "ps shows the ports" '0\.0\.0\.0:18080->80/tcp, 127\.0\.0\.1:18081->80/tcp' his ps
check "so do datagrams" his run -d --name datagrams -p 18053:53/udp r:1 perl -e "$serve_datagrams" 53
check "keep the client's address" until_says "$far" from_other perl -e "$ask_datagrams" "$near" 18053
check_refusal "a taken port is refused" 125 'container [0-9a-f]{12} has it' \
    his run --rm -p 18080:1 r:1 true
check_refusal "so is one of a program" 125 'a program has it' \
    his run --rm -p 127.0.0.1:8001:1 r:1 true
check_refusal "and one of root's" 125 'ip_unprivileged_port_start=81' \
    his run --rm -p 81:1 r:1 true
check "any free port will do" his run -d --name any -p 80 r:1 perl -e "$serve" 80
any=$(his port any 80)
check "which is told" until_says "$far" from_other perl -e "$ask" "$near" "${any##*:}"
check "stop takes it back" his stop -t 0 any
check_exit "at once" 2 perl -e "$ask" 127.0.0.1 "${any##*:}"
check "start publishes again" his start any
any=$(his port any 80)
check "a port" until_says "$far" from_other perl -e "$ask" "$near" "${any##*:}"
check "the container goes" his rm -f any datagrams

# ---- the agent dies, is told to end, and slirp4netns dies ----
check "one container that ends without an agent" his run -d --name brief -p 18090:1 -v "$shared:/x" r:1 sh -c \
    'until [ -e /x/end ]; do sleep 0.1; done; echo last words; exit 5'
check "the agent is killed" kill_agent
: > "$shared/end"
check "the port is served without an agent" from_other perl -e "$ask" "$near" 18080
check "the next one takes the containers up" until_ok 20 listed 'Exited (5)'
check_output "with what was said meanwhile" '^last words$' his logs brief
check_output "and those that live" 'Up .*web$' his ps
check_exit "an ended one's port is free" 2 perl -e "$ask" 127.0.0.1 18090
check "the other's is served" from_other perl -e "$ask" "$near" 18080
check "exec goes on" his exec web true
check "the agent is told to end" end_agent
check "the port is served after that" from_other perl -e "$ask" "$near" 18080
read -r holder _ slirp _ < "$own/jctl/holder"
check "slirp4netns is killed" kill -9 "$slirp"
check_output "the next agent begins another" 'Up .*web$' his ps
check "the port is served again" until_says "$far" from_other perl -e "$ask" "$near" 18080
check "and what is outside" his exec web perl -e "$ask" "$far" 8000
check_output "the namespaces are the same" "^$holder " cat "$own/jctl/holder"
check "the containers go" his rm -f web brief
check_exit "and their ports" 2 perl -e "$ask" 127.0.0.1 18080
check "the agent is told to end again" end_agent
check_exit "nothing of his runs any more" 1 his_processes

# ---- a cgroup of his own ----
unified=$(sed -n 's/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p' /proc/mounts | head -n 1)
if [ -n "$unified" ] && mkdir "$unified/$user" 2> /dev/null; then
    delegated=$unified/$user
    chown "$user" "$delegated" "$delegated/cgroup.procs" "$delegated/cgroup.subtree_control"
    # As a service manager would: the agent is put there before it begins.
    (echo 0 > "$delegated/cgroup.procs" && as_user setsid "$jctl" agent > "$work/delegated.log" 2>&1) &
    check "an agent starts in a cgroup of his" until_ok 30 as_user test -S "$own/jctl/jctl.sock"
    check "with a container" his run -d --name held r:1 sleep 1000
    check_output "which is in a group of its own" "^0$" sh -c 'find "$0" -mindepth 2 -type d | grep -c . | tr 1 0' "$delegated"
    check "it is paused" his pause held
    check_output "which ps shows" '\(Paused\)' his ps
    check "and goes on" his unpause held
    if grep -q memory "$delegated/cgroup.subtree_control"; then
        check_output "a limit is kept" '^67108864$' his run --rm --memory 64m r:1 cat /sys/fs/cgroup/memory.max
    else
        check_refusal "a limit is refused whose controller is not delegated" 125 'controller is not delegated' \
            his run --rm --memory 64m r:1 true
    fi
    check "the container goes" his rm -f held
    check "and the agent" end_agent
    check_output "no group of it is left but the agent's" "^$delegated/jctl-agent$" \
        find "$delegated" -mindepth 1 -type d
    rmdir "$delegated/jctl-agent" "$delegated"
else
    skip "a cgroup of his own" "this host has no cgroup v2 that can be written"
fi

# ---- nothing is left ----
check_exit "nothing of his runs" 1 his_processes
check_output "his files are his own to remove" '^0$' as_user sh -c \
    'find "$HOME/.local/share/jctl" -user 0 | grep -c . ; true'
residue > "$work/after"
check "nothing is left on the machine" diff "$work/before" "$work/after"
finish
