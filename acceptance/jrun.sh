#!/bin/sh
# jrun obeys the OCI runtime command line: by hand, for podman and for containerd.
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/root.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "jrun" "not root: containers need it"
    finish
    exit 0
fi
jrun() { "$root/jrun" --root "$work/state" "$@"; }
bundle=$work/bundle
containerd=

programs="sh cat sleep id ls echo stty kill hostname true false readlink"
# Words by design.
# shellcheck disable=SC2086
make_root "$bundle/rootfs" $programs

# config ARGS: a config.json that runs them without a terminal; further edits come on standard input.
config() {
    rm -f "$bundle/config.json"
    jrun spec -b "$bundle"
    python3 - "$bundle/config.json" "$@" << 'END'
import json, sys
path = sys.argv[1]
spec = json.load(open(path))
spec["process"]["terminal"] = False
spec["process"]["args"] = sys.argv[2:]
spec["root"]["readonly"] = False
json.dump(spec, open(path, "w"))
END
}
edit() {
    python3 - "$bundle/config.json" "$1" << 'END'
import json, sys
spec = json.load(open(sys.argv[1]))
exec(sys.argv[2])
json.dump(spec, open(sys.argv[1], "w"))
END
}

by_hand() {
    config sh -c 'echo out; echo err >&2; cat; exit 7'
    check_exit "run gives the program's exit code" 7 sh -c "echo in | '$root/jrun' --root '$work/state' run -b '$bundle' a-run"
    check_output "run connects standard input" '^in$' sh -c "echo in | '$root/jrun' --root '$work/state' run -b '$bundle' a-run; true"
    check_exit "a container that ran is gone" 1 jrun state a-run

    config sleep 1000
    # Not a terminal, and closed for who waits for its end.
    check "create" sh -c "'$root/jrun' --root '$work/state' create -b '$bundle' --pid-file '$work/pid' a-container < /dev/null > /dev/null 2>&1"
    check_output "state of a created container" '"status" : "created"' jrun state a-container
    check_exit "create of the same ID is refused" 1 jrun create -b "$bundle" a-container
    check_exit "delete of a created container is refused" 1 jrun delete a-container
    check "start" jrun start a-container
    check_output "state of a running container" '"status" : "running"' jrun state a-container
    check_exit "start of a running container is refused" 1 jrun start a-container
    check_output "the pid file names the first process" '^sleep' cat "/proc/$(cat "$work/pid")/comm"
    check_output "exec runs inside" '^sleep' jrun exec a-container cat /proc/1/comm
    check_exit "exec gives the exit code" 9 jrun exec a-container sh -c 'exit 9'
    check_exit "exec of nothing is refused" 1 jrun exec a-container nothing-of-that-name
    check_output "ps as JSON" "^\[$(cat "$work/pid")\]\$" jrun ps --format json a-container
    check_output "ps as a table" 'sleep 1000' jrun ps a-container
    check_output "list" 'a-container' jrun list
    check "pause" jrun pause a-container
    check_output "state of a paused container" '"status" : "paused"' jrun state a-container
    check "resume" jrun resume a-container
    check "update" jrun update --memory 64m a-container
    check_output "events" '"limit":67108864' jrun events --stats a-container
    check "kill" jrun kill a-container KILL
    tries=0
    while jrun state a-container | grep -q running && [ $tries -lt 50 ]; do tries=$((tries + 1)); done
    check_output "state of a stopped container" '"status" : "stopped"' jrun state a-container
    check_exit "kill of a stopped container is refused" 1 jrun kill a-container KILL
    check "delete" jrun delete a-container
    check_exit "delete of nothing is refused" 1 jrun delete a-container
    check "delete --force of nothing is no error" jrun delete --force a-container
    check_output "features" '"ociVersionMax" : "1.3.0"' jrun features

    config nothing-of-that-name
    # shellcheck disable=SC2016
    check_output "a missing program fails the creation" 'not found in \$PATH' sh -c \
        "'$root/jrun' --root '$work/state' create -b '$bundle' a-container 2>&1; true"
    check_exit "and leaves nothing" 1 jrun state a-container
    edit 'spec["process"]["cwd"] = "here"; spec["ociVersion"] = "7"'
    check_output "every problem of a config.json is told at once" 'ociVersion.*process.cwd' sh -c \
        "'$root/jrun' --root '$work/state' create -b '$bundle' a-container 2>&1; true"
    check_output "errors are JSON lines for who asks" '"level":"error","msg":"container none does not exist"' sh -c \
        "'$root/jrun' --root '$work/state' --log '$work/log' --log-format json state none; cat '$work/log'"
}

hooks() {
    config sleep 1000
    edit "spec['hooks'] = {p: [{'path': '/bin/sh', 'args': ['sh', '-c', 'echo ' + p + ' >> $work/hooks; cat >> $work/hooks.state']}] for p in ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop']}; spec['hooks']['startContainer'] = [{'path': '/bin/sh', 'args': ['sh', '-c', 'cat > /tmp/inner']}]"
    sh -c "'$root/jrun' --root '$work/state' create -b '$bundle' a-hooked < /dev/null > /dev/null 2>&1"
    jrun start a-hooked
    jrun delete --force a-hooked
    check_output "hooks run in their order" '^prestart createRuntime createContainer poststart poststop $' \
        sh -c "tr '\n' ' ' < $work/hooks; echo"
    check_output "startContainer runs inside" '"id":"a-hooked"' cat "$bundle/rootfs/tmp/inner"
    # A hook of the user namespace must get at the container's root.
    chmod 755 "$work"
    config sh -c 'ls -ln /dev/shm/hook; cat /dev/shm/hook'
    edit "spec['linux']['namespaces'].append({'type': 'user'}); spec['linux']['uidMappings'] = spec['linux']['gidMappings'] = [{'containerID': 0, 'hostID': 700000, 'size': 65536}]; spec['hooks'] = {'createContainer': [{'path': '/bin/sh', 'args': ['sh', '-c', 'test -d $bundle/rootfs/proc/self && id -u > $bundle/rootfs/dev/shm/hook']}]}"
    check_output "a hook of a user namespace is its root" '^-.* 0 +0 .*/dev/shm/hook' jrun run -b "$bundle" a-hooked
    chmod 700 "$work"
}

moved_devices() {
    if ! ip link add "jrn$$" address 02:00:00:00:00:78 type veth peer name "jrp$$" 2> /dev/null; then
        skip "linux.netDevices" "the kernel makes no veth"
        return
    fi
    ip address add 192.0.2.9/24 dev "jrn$$"
    config sh -c 'cat /sys/class/net/data0/address /sys/class/net/data0/flags; cat /proc/net/fib_trie'
    edit "spec['linux']['netDevices'] = {'jrn$$': {'name': 'data0'}}; spec['process']['args'] = ['not-there']"
    jrun run -b "$bundle" a-moved > /dev/null 2>&1
    check_output "a device whose container is not made comes back" '192\.0\.2\.9/24' ip address show "jrn$$"
    edit "spec['process']['args'] = ['sh', '-c', 'cat /sys/class/net/data0/address /proc/net/fib_trie']"
    jrun run -b "$bundle" a-moved > "$work/moved" 2>&1
    check_output "a network device is moved in" '^02:00:00:00:00:78$' cat "$work/moved"
    check_output "with its address" '192\.0\.2\.9' cat "$work/moved"
    check_output "one that is not there is refused" "the host has no network device jrn$$" \
        sh -c "'$root/jrun' --root '$work/state' run -b '$bundle' a-moved 2>&1; true"
}

# What an unfriendly bundle, a crowd or a kill may not do.
hostile() {
    for number in 3 4 5 6 7 8 9 10 100 101 102 103 104; do
        config sh -c 'pwd; cat cgroup.procs'
        edit "spec['process']['cwd'] = '/proc/self/fd/$number'"
        jrun run -b "$bundle" a-hostile > "$work/cwd" 2>&1 && cat "$work/cwd"
    done > "$work/cwds"
    check "no working directory leads out of the container" test ! -s "$work/cwds"
    edit "spec['process']['cwd'] = '/proc/1/root/proc/self/cwd'"
    check_exit "a working directory is looked at after all links" 1 jrun run -b "$bundle" a-hostile

    mkdir -p "$work/outside"
    ln -s "$work/outside" "$bundle/rootfs/leads-out"
    config ls /leads-out/inner
    edit "spec['mounts'] += [{'destination': '/leads-out/inner', 'type': 'tmpfs', 'source': 'tmpfs'}]"
    jrun run -b "$bundle" a-hostile > /dev/null 2>&1
    check "a link in the root leads no mount out of it" test ! -e "$work/outside/inner"
    edit "spec['mounts'][-1] = {'destination': '/leads-out/inner', 'type': 'bind', 'source': '/etc', 'options': ['bind']}"
    jrun run -b "$bundle" a-hostile > /dev/null 2>&1
    check "nor a bind mount" test ! -e "$work/outside/inner"
    rm -rf "$bundle/rootfs/leads-out" "$bundle/rootfs/$work"

    # What it executes is a file of the image, and never one of the runtime.
    printf '#!/proc/self/exe\n' > "$bundle/rootfs/bin/again"
    chmod 755 "$bundle/rootfs/bin/again"
    config sh -c 'readlink /proc/1/exe; readlink /proc/self/exe'
    check_output "no file of the runtime is seen inside" '^/bin/sh$' jrun run -b "$bundle" a-hostile
    config again
    jrun run -b "$bundle" a-hostile > "$work/again" 2>&1
    check "a script that is run by /proc/self/exe runs nothing of the runtime's" \
        sh -c "! grep -q 'Usage: jrun' '$work/again'"

    config sleep 1000
    for number in 1 2 3 4; do
        "$root/jrun" --root "$work/state" create -b "$bundle" a-hostile < /dev/null > /dev/null 2>&1 &&
            echo "$number" >> "$work/winners" &
    done
    wait
    check "of many creations of one ID one succeeds" test "$(wc -l < "$work/winners")" = 1
    for number in 1 2 3; do
        "$root/jrun" --root "$work/state" delete --force a-hostile > /dev/null 2>&1 &
    done
    wait
    check_exit "many deletions delete it" 1 jrun state a-hostile
    for delay in 0.02 0.05 0.08 0.1 0.12 0.15; do
        timeout -s KILL $delay "$root/jrun" --root "$work/state" create -b "$bundle" a-hostile \
            < /dev/null > /dev/null 2>&1
        jrun delete --force a-hostile > "$work/killed" 2>&1 || cat "$work/killed"
        find "$work/state" /sys/fs/cgroup -maxdepth 4 -name a-hostile 2> /dev/null
    done > "$work/left" 2>&1
    check "of a creation that was killed delete --force leaves nothing" sh -c "! grep . '$work/left'"
}

supervised() {
    cat > "$work/supervisor.py" << 'END'
import fcntl, socket, struct, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
server.settimeout(60)
for _ in range(2):
    connection, _ = server.accept()
    state, control, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(16))
    print(state.decode(), flush=True)
    listener = struct.unpack("i", control[0][2][:4])[0]
    request = bytearray(80)
    fcntl.ioctl(listener, 0xC0502100, request)  # SECCOMP_IOCTL_NOTIF_RECV
    number = struct.unpack_from("=Q", request)[0]
    # SECCOMP_IOCTL_NOTIF_SEND: the call fails with ENOTTY.
    fcntl.ioctl(listener, 0xC0182101, bytearray(struct.pack("=QqiI", number, 0, -25, 0)))
END
    config true
    edit "spec['linux']['seccomp'] = {'defaultAction': 'SCMP_ACT_ALLOW', 'listenerPath': '$work/supervisor', 'listenerMetadata': 'a note', 'flags': ['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV', 'SECCOMP_FILTER_FLAG_TSYNC'], 'syscalls': [{'names': ['mkdir', 'mkdirat'], 'action': 'SCMP_ACT_NOTIFY'}]}"
    edit "spec['process']['args'] = ['sh', '-c', 'mkdir /new 2> /answer; sleep 1000']"
    cp -L "$(command -v mkdir)" "$bundle/rootfs/bin/mkdir"
    check_exit "a filter whose supervisor is not there fails the start" 1 jrun run -b "$bundle" a-supervised
    python3 "$work/supervisor.py" "$work/supervisor" > "$work/supervisor.log" 2>&1 &
    supervisor=$!
    tries=0
    while ! [ -S "$work/supervisor" ] && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
    check "a filter with a supervisor" sh -c "'$root/jrun' --root '$work/state' run -d -b '$bundle' a-supervised < /dev/null > /dev/null 2>&1"
    check_output "the supervisor answers a further process" 'Inappropriate ioctl' \
        sh -c "timeout 60 '$root/jrun' --root '$work/state' exec a-supervised mkdir /new 2>&1; true"
    wait "$supervisor"
    check_output "the supervisor is told whom it is asked by" \
        '"fds":\["seccompFd"\].*"metadata":"a note".*"id":"a-supervised","status":"creating"' \
        cat "$work/supervisor.log"
    check_output "and which container a further process is in" '"status":"running"' cat "$work/supervisor.log"
    check_output "the supervisor answers the program" 'Inappropriate ioctl' cat "$bundle/rootfs/answer"
    jrun delete --force a-supervised
}

flagged() {
    config cat /proc/self/status
    edit "spec['linux']['seccomp'] = {'defaultAction': 'SCMP_ACT_ALLOW', 'flags': ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW', 'SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']}"
    check_output "a filter with every flag there is" 'Seccomp_filters:.*1' jrun run -b "$bundle" a-flagged
    edit "spec['linux']['seccomp']['flags'] = ['SECCOMP_FILTER_FLAG_NONE']"
    check_output "a flag there is not" 'seccomp.flags.*other flags' sh -c "'$root/jrun' --root '$work/state' run -b '$bundle' a-flagged 2>&1; true"
    config true
    printf '\351' >> "$bundle/config.json"
    check_output "a config.json that is not UTF-8" "$bundle/config.json: the byte 0xe9 at offset $(($(wc -c < "$bundle/config.json") - 1)) " \
        sh -c "'$root/jrun' --root '$work/state' run -b '$bundle' a-flagged 2>&1; true"
}

# systemd's cgroups, by a message bus of our own and a stand-in for systemd.
by_systemd() {
    config sh -c 'cat /proc/self/cgroup'
    edit "spec['linux']['cgroupsPath'] = 'machine-test.slice:jrun:scoped'; spec['linux']['namespaces'] = [n for n in spec['linux']['namespaces'] if n['type'] != 'cgroup']; spec['linux']['resources'] = {'memory': {'limit': 77594624}}; spec['annotations'] = {'org.systemd.property.TimeoutStopUSec': 'uint64 90000000'}"
    check_output "without systemd its cgroups are refused" 'systemd cannot be asked.*cgroup-manager=cgroupfs' \
        sh -c "DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/no-bus '$root/jrun' --root '$work/state' --systemd-cgroup run -b '$bundle' a-scoped 2>&1; true"
    check_output "and its paths without the option" 'cgroupsPath.*--systemd-cgroup' \
        sh -c "'$root/jrun' --root '$work/state' run -b '$bundle' a-scoped 2>&1; true"
    python=
    for candidate in python3 /usr/bin/python3; do
        "$candidate" -c 'import dbus.service, gi.repository.GLib' 2> /dev/null && python=$candidate && break
    done
    if [ -z "$python" ] || ! command -v dbus-daemon > /dev/null; then
        skip "containers as scopes of systemd" "dbus-daemon, python3-dbus or python3-gi is not installed"
        return
    fi
    DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
    export DBUS_SYSTEM_BUS_ADDRESS
    dbus-daemon --session --nofork --nopidfile --nosyslog --address="$DBUS_SYSTEM_BUS_ADDRESS" 2> /dev/null &
    bus=$!
    tries=0
    while ! [ -S "$work/bus" ] && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
    "$python" "$root/acceptance/lib/fake_systemd.py" "$work/units" &
    manager=$!
    tries=0
    while ! grep -qs ready "$work/units" && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done

    check_output "a container is a scope in its slice" '/machine\.slice/machine-test\.slice/jrun-scoped\.scope/container$' \
        jrun --systemd-cgroup run -b "$bundle" a-scoped
    check_output "systemd is told that what is below is not its own" '^Delegate Boolean (1|True)' cat "$work/units"
    check_output "and what annotations say of the unit" '^TimeoutStopUSec UInt64 90000000' cat "$work/units"
    check_output "with the container the scope ends" '^StopUnit jrun-scoped\.scope replace' cat "$work/units"
    edit "spec['process']['args'] = ['sleep', '1000']"
    sh -c "'$root/jrun' --root '$work/state' --systemd-cgroup run -d -b '$bundle' a-scoped < /dev/null > /dev/null 2>&1"
    check_output "its limits are its own" '^77594624$' sh -c "find /sys/fs/cgroup -path '*jrun-scoped.scope/container/*' \
        \( -name memory.limit_in_bytes -o -name memory.max \) -exec cat {} +"
    check "update changes them" jrun update --memory 88080384 a-scoped
    check_output "in the same cgroup" '^88080384$' sh -c "find /sys/fs/cgroup -path '*jrun-scoped.scope/container/*' \
        \( -name memory.limit_in_bytes -o -name memory.max \) -exec cat {} +"
    check_output "a further process is in the scope, too" 'jrun-scoped\.scope/container$' jrun exec a-scoped cat /proc/self/cgroup
    check_output "its processes are listed" '[0-9]' jrun ps a-scoped
    check "nothing else is in the scope" sh -c "! find /sys/fs/cgroup -path '*jrun-scoped.scope/keeper' | grep ."
    check_output "a scope that is there is refused" 'UnitExists' \
        sh -c "'$root/jrun' --root '$work/other' --systemd-cgroup run -b '$bundle' a-second 2>&1; true"
    check "which ends nobody else's" jrun exec a-scoped true
    check "delete --force ends it" jrun delete --force a-scoped
    check "and leaves no cgroup" sh -c "! find /sys/fs/cgroup -name 'jrun-scoped.scope' | grep ."
    edit "spec['process']['args'] = ['not-there']"
    jrun --systemd-cgroup run -b "$bundle" a-scoped > /dev/null 2>&1
    check "nor does a start that fails" sh -c "! find /sys/fs/cgroup -name 'jrun-scoped.scope' | grep ."
    if command -v podman > /dev/null; then
        # podman's runtime gets no such variable: the bus must be at its usual place.
        tar -C "$bundle/rootfs" -cf "$work/image.tar" .
        check_output "podman makes scopes with it" '/machine\.slice/libpod-.*\.scope/container$' unshare -m sh -c "
            mkdir -p /run/dbus && mount -t tmpfs tmpfs /run/dbus && ln -s '$work/bus' /run/dbus/system_bus_socket
            podman() {
                command podman --root '$work/podman' --runroot '$work/podman.run' --tmpdir '$work/podman.tmp' \
                    --cgroup-manager=systemd --runtime '$root/jrun' --events-backend=file \"\$@\"
            }
            podman import '$work/image.tar' scoped > /dev/null 2>&1
            podman run --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --network none --rm --cgroupns host \
                scoped cat /proc/self/cgroup"
    else
        skip "podman makes scopes with it" "podman is not installed"
    fi
    kill "$manager" "$bus"
    wait "$manager" "$bus" 2> /dev/null
    unset DBUS_SYSTEM_BUS_ADDRESS
    # Empty ones only: a systemd's own stay.
    find /sys/fs/cgroup -depth -type d \( -path '*/machine.slice/libpod-conmon-*' -o -name machine-test.slice \
        -o -name machine.slice \) -exec rmdir {} \; 2> /dev/null
}

by_podman() {
    command -v podman > /dev/null || { skip "podman runs containers with jrun" "podman is not installed"; return; }
    tar -C "$bundle/rootfs" -cf "$work/image.tar" .
    podman() {
        command podman --root "$work/podman" --runroot "$work/podman.run" --tmpdir "$work/podman.tmp" \
            --cgroup-manager=cgroupfs --runtime "$root/jrun" --events-backend=file "$@"
    }
    # podman's own limits are above what a machine without CAP_SYS_RESOURCE can give.
    podman_run() { podman run --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --network none "$@"; }
    podman import "$work/image.tar" jrun-image > /dev/null 2>&1
    check_output "podman run" '^hello$' podman_run --rm jrun-image echo hello
    check_exit "podman run gives the exit code" 5 podman_run --rm jrun-image sh -c 'exit 5'
    check_exit "podman run of nothing is 127" 127 podman_run --rm jrun-image nothing-of-that-name
    check_output "podman run -t has a terminal" '^[0-9]+ [0-9]+' podman_run --rm -t jrun-image stty size
    check "podman run -d" podman_run -d --name a-detached --memory 64m jrun-image sleep 1000
    check_output "podman exec" '^inner$' podman exec a-detached echo inner
    check_output "podman exec -t" '^[0-9]+ [0-9]+' podman exec -t a-detached stty size
    check_output "podman top" 'sleep 1000' podman top a-detached
    check_output "podman stats" 'a-detached' podman stats --no-stream a-detached
    check "podman pause" podman pause a-detached
    check_output "podman shows it paused" '^paused$' podman inspect --format '{{.State.Status}}' a-detached
    check "podman unpause" podman unpause a-detached
    check "podman rm -f" podman rm -f -t 0 a-detached
    printf 'FROM localhost/jrun-image\nRUN echo built > /built\nCMD ["cat", "/built"]\n' > "$work/Containerfile"
    mkdir "$work/context"
    check "podman build" podman build --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --network none \
        -t jrun-built -f "$work/Containerfile" "$work/context"
    check_output "podman runs what it built" '^built$' podman_run --rm jrun-built
    check_output "podman run --privileged" '^CapEff:.*[1-9a-f]' podman_run --rm --privileged jrun-image \
        cat /proc/self/status
    check_output "podman run --tmpfs begins with what the image has" '^root:' podman_run --rm --tmpfs /etc \
        jrun-image cat /etc/passwd
    check_output "podman run with ids of its own" '^ +0 +100000 +5000$' podman_run --rm \
        --uidmap 0:100000:5000 --gidmap 0:100000:5000 jrun-image cat /proc/self/uid_map
    podman rm -fa -t 0 > /dev/null 2>&1
    podman rmi -fa > /dev/null 2>&1
    podman unshare true 2> /dev/null
    umount "$work/podman/overlay" 2> /dev/null
}

by_containerd() {
    { command -v ctr && command -v containerd; } > /dev/null || { skip "containerd runs containers with jrun" "containerd is not installed"; return; }
    cat > "$work/containerd.toml" << END
version = 2
root = "$work/containerd"
state = "$work/containerd.run"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$work/containerd.sock"
END
    containerd -c "$work/containerd.toml" > "$work/containerd.log" 2>&1 &
    containerd=$!
    tries=0
    while ! ctr -a "$work/containerd.sock" version > /dev/null 2>&1 && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    check_output "ctr run" '^hello$' ctr -a "$work/containerd.sock" run --rm --runc-binary "$root/jrun" \
        --rootfs "$bundle/rootfs" a-contained echo hello
    check "ctr run -d" ctr -a "$work/containerd.sock" run -d --runc-binary "$root/jrun" \
        --rootfs "$bundle/rootfs" a-contained sleep 1000
    check_output "ctr task exec" '^inner$' ctr -a "$work/containerd.sock" task exec --exec-id one a-contained echo inner
    check_output "ctr task ps" '^[0-9]+' ctr -a "$work/containerd.sock" task ps a-contained
    check "ctr task pause" ctr -a "$work/containerd.sock" task pause a-contained
    check "ctr task resume" ctr -a "$work/containerd.sock" task resume a-contained
    check "ctr task rm -f" ctr -a "$work/containerd.sock" task rm -f a-contained
    check "ctr container rm" ctr -a "$work/containerd.sock" container rm a-contained
    kill "$containerd"
    wait "$containerd" 2> /dev/null
    containerd=
}

end() {
    for id in a-run a-container a-hooked a-hostile a-supervised; do jrun delete --force $id > /dev/null 2>&1; done
    if [ -n "$containerd" ]; then kill "$containerd" 2> /dev/null; fi
    grep -o " $work/[^ ]*" /proc/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
    # The groups that jrun, podman and containerd leave for their next container.
    find /sys/fs/cgroup -depth -type d \( -path '*/jrun' -o -path '*/jrun/*' -o -path '*/libpod_parent*' \
        -o -path '*/default' \) -exec rmdir {} \; 2> /dev/null
    clean_up
}
trap end EXIT

by_hand
hooks
hostile
moved_devices
supervised
flagged
by_systemd
by_podman
by_containerd
finish
