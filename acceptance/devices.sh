#!/bin/sh
# Devices: those of the host by their paths, those that CDI specs describe by their names, and the limits
# and settings that go with them, each seen from inside a container.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "devices" "needs root"
    finish
    exit 0
fi

mkdir "$work/cdi" "$work/later"
echo "a library" > "$work/library"
cat > "$work/cdi/vendor.yaml" <<EOF
cdiVersion: "0.8.0"
kind: vendor.example/gpu
containerEdits:
  env: [VENDOR=yes]
  mounts:
  - hostPath: $work/library
    containerPath: /opt/vendor/library
    options: [ro, nosuid, nodev, bind]
devices:
- name: "0"
  containerEdits:
    deviceNodes:
    - {path: /dev/vendor0, hostPath: /dev/null, permissions: rw, fileMode: 0o640, gid: 1234}
    additionalGids: [1234]
- name: "1"
  containerEdits:
    deviceNodes:
    - {path: /dev/vendor1, type: c, major: 1, minor: 5}
EOF
# A hook as vendors write them: it finds the root by the bundle and changes files there.
cat > "$work/hook" <<'EOF'
#!/usr/bin/python3
import json, os, sys
state = json.load(sys.stdin)
root = json.load(open(state["bundle"] + "/config.json"))["root"]["path"]
os.symlink(sys.argv[1], root + "/opt/link")
with open(root + "/opt/seen", "w") as file:
    file.write("%s %s %s" % (state["status"], open(root + "/opt/vendor/library").read().strip(),
                             os.path.isdir(root + "/proc/self")))
EOF
chmod 755 "$work" "$work/hook"
cat > "$work/cdi/hooked.json" <<EOF
{"cdiVersion": "0.6.0", "kind": "hooked.example/thing", "devices": [
  {"name": "a", "containerEdits": {
    "mounts": [{"hostPath": "$work/library", "containerPath": "/opt/vendor/library"}],
    "hooks": [{"hookName": "createContainer", "path": "$work/hook", "args": ["hook", "/a/target"]},
      {"hookName": "createRuntime", "path": "/bin/sh", "args": ["sh", "-c", "cat > $work/early"]},
      {"hookName": "startContainer", "path": "/bin/sh", "args": ["sh", "-c", "cat > /opt/started; echo for nobody"]},
      {"hookName": "poststart", "path": "/bin/sh", "args": ["sh", "-c", "cat > $work/started"]},
      {"hookName": "poststop", "path": "/bin/sh", "args": ["sh", "-c", "cat > $work/stopped"]}]}},
  {"name": "fails", "containerEdits": {"hooks": [{"hookName": "createContainer", "path": "/bin/sh",
    "args": ["sh", "-c", "echo no driver here; exit 4"]}]}},
  {"name": "late", "containerEdits": {"hooks": [{"hookName": "prestart", "path": "/bin/sleep",
    "args": ["sleep", "100"], "timeout": 1}]}}]}
EOF
cat > "$work/cdi/net.json" <<EOF
{"cdiVersion": "1.1.0", "kind": "net.example/port", "devices": [{"name": "a", "containerEdits":
  {"netDevices": [{"hostInterfaceName": "jdt$$", "name": "data0"}]}}]}
EOF

start_agent --cdi-spec-dir "$work/cdi" --cdi-spec-dir "$work/later"
check "an image is made" "$jctl" image from-host -t dev:1 sh ls cat env id df head grep fallocate

# ---- by path ----
check_output "a device of the host by its path" '^c.* 1, *5 .*/dev/nought$' \
    "$jctl" run --rm --device /dev/zero:/dev/nought:r dev:1 ls -l /dev/nought
check "is read" "$jctl" run --rm --device /dev/zero:/dev/nought:r dev:1 head -c 1 /dev/nought
if [ -c /dev/fuse ]; then
    check "a device is opened with leave" "$jctl" run --rm --device /dev/fuse:/dev/f:r dev:1 sh -c ': < /dev/f'
    check_exit "and not written to without" 2 "$jctl" run --rm --device /dev/fuse:/dev/f:r dev:1 sh -c ': > /dev/f'
else
    skip "a device without leave to write" "needs /dev/fuse"
fi

# ---- CDI ----
check_output "the devices of CDI specs are listed" "^vendor\.example/gpu=1 +$work/cdi/vendor\.yaml" "$jctl" device ls
check_output "one makes a device file with mode and owner" '^crw-r-----.* 0 +1234 +1, *3 .*/dev/vendor0$' \
    "$jctl" run --rm --device vendor.example/gpu=0 dev:1 ls -ln /dev/vendor0
check "may be written" "$jctl" run --rm --device vendor.example/gpu=0 dev:1 sh -c 'echo > /dev/vendor0'
check_output "brings its spec's variables" '^VENDOR=yes$' "$jctl" run --rm --device vendor.example/gpu=1 dev:1 env
check_output "and mounts" '^a library$' \
    "$jctl" run --rm --device vendor.example/gpu=1 dev:1 cat /opt/vendor/library
check_exit "read-only" 1 "$jctl" run --rm --device vendor.example/gpu=1 dev:1 sh -c 'echo > /opt/vendor/library || exit 1'
check_output "and groups" '^0 1234$' "$jctl" run --rm --device vendor.example/gpu=0 dev:1 id -G
check_output "gpus are the devices of the class gpu" 'vendor0 /dev/vendor1' \
    "$jctl" run --rm --gpus all dev:1 sh -c 'echo /dev/vendor*'
check_output "as many as asked for" '^/dev/vendor0$' "$jctl" run --rm --gpus 1 dev:1 sh -c 'echo /dev/vendor*'
check_output "or those that are named" '^/dev/vendor1$' \
    "$jctl" run --rm --gpus device=1 dev:1 sh -c 'echo /dev/vendor*'
check_exit "too many are refused" 125 "$jctl" run --rm --gpus 3 dev:1 true
check_exit "a device nobody describes is refused" 125 "$jctl" run --rm --device vendor.example/gpu=9 dev:1 true
check "a container is created with two" "$jctl" create --name two --device vendor.example/gpu=0 --gpus device=1 dev:1 true
check_output "inspect shows them" '"vendor.example/gpu=0"' "$jctl" inspect two

# ---- hooks ----
for users in host ""; do
    check_output "a hook sees mounts and files of the container, users: ${users:-own}" '^creating a library True /a/target$' \
        "$jctl" run --rm --userns "$users" --device hooked.example/thing=a dev:1 \
            sh -c 'echo "$(cat /opt/seen) $(ls -l /opt/link | grep -o "/a/.*")"'
    check_output "what it makes is root's, users: ${users:-own}" '^0 0 /opt/seen$' \
        "$jctl" run --rm --userns "$users" --device hooked.example/thing=a dev:1 \
            sh -c 'set -- $(ls -ln /opt/seen); echo "$3 $4 $9"'
done
check_output "a hook of the image runs in it" '"status":"created"' \
    "$jctl" run --rm --device hooked.example/thing=a dev:1 cat /opt/started
check_output "hooks of the host are told" '"status":"creating","pid":[1-9].*"bundle":"/' cat "$work/early"
check_output "also of the start" '"status":"running"' cat "$work/started"
check_output "and of the end" '"status":"stopped","pid":0' cat "$work/stopped"
check_exit "a hook that fails fails the start" 125 "$jctl" run --device hooked.example/thing=fails --name unhooked dev:1 true
cp "$work/output" "$work/refusal"
check_output "and its words are told" 'createContainer: hook /bin/sh ended with exit status 4; it printed: no driver here' \
    cat "$work/refusal"
check_output "the container remains, not started" 'Created|Exited' "$jctl" ps -a --filter name=unhooked
check_exit "a hook that takes too long, too" 125 "$jctl" run --rm --device hooked.example/thing=late dev:1 true

# ---- network devices ----
if ip link add "jdt$$" address 02:00:00:00:00:77 type veth peer name "jdp$$" 2> /dev/null; then
    ip address add 192.0.2.9/24 dev "jdt$$"
    check_exit "a network device cannot go into the host's network" 125 \
        "$jctl" run --rm --network host --device net.example/port=a dev:1 true
    check_exit "a device whose container does not start after all" 127 \
        "$jctl" run --rm --network none --device net.example/port=a dev:1 not-there
    check_output "comes back as it was" '192\.0\.2\.9/24' ip address show "jdt$$"
    check_output "a network device is moved in" '^02:00:00:00:00:77$' \
        "$jctl" run --rm --device net.example/port=a dev:1 cat /sys/class/net/data0/address
    ip link delete "jdp$$" 2> /dev/null
    check_exit "one that is not there is refused" 125 "$jctl" run --rm --device net.example/port=a dev:1 true
    cp "$work/output" "$work/refusal"
    check_output "which the error says" "the host has no network device jdt$$" cat "$work/refusal"
else
    skip "network devices of CDI specs" "the kernel makes no veth"
fi

# ---- specs change ----
sed 's/VENDOR=yes/VENDOR=later/' "$work/cdi/vendor.yaml" > "$work/later/vendor.yaml"
check_output "a later folder counts" '^VENDOR=later$' "$jctl" run --rm --device vendor.example/gpu=1 dev:1 env
cp "$work/later/vendor.yaml" "$work/later/again.yaml"
check_exit "two files of a folder conflict" 125 "$jctl" run --rm --device vendor.example/gpu=1 dev:1 true
cp "$work/output" "$work/refusal"
check_output "and both are named" "both $work/later/again\.yaml and $work/later/vendor\.yaml" cat "$work/refusal"
check_exit "which device ls shows" 1 "$jctl" device ls
rm "$work/later/again.yaml" "$work/later/vendor.yaml" "$work/cdi/vendor.yaml"
check_exit "without specs there are no GPUs" 125 "$jctl" run --rm --gpus all dev:1 true
cp "$work/output" "$work/refusal"
check_output "and the folders are named" "no CDI spec in $work/cdi or $work/later describes a GPU" cat "$work/refusal"

# ---- what goes with devices ----
check_output "the size of /dev/shm" '^shm +3072 ' "$jctl" run --rm --shm-size 3m dev:1 df -k /dev/shm
check_output "a kernel parameter" '^99$' \
    "$jctl" run --rm --sysctl net.ipv4.ip_default_ttl=99 dev:1 cat /proc/sys/net/ipv4/ip_default_ttl
check_output "the preference of the out-of-memory killer" '^321$' \
    "$jctl" run --rm --oom-score-adj 321 dev:1 cat /proc/self/oom_score_adj
check_output "the memory nodes" '^0$' "$jctl" run --rm --cpuset-mems 0 dev:1 \
    sh -c 'cat /sys/fs/cgroup/cpuset/cpuset.mems 2>/dev/null || cat /sys/fs/cgroup/cpuset.mems'
check_exit "memory nodes that are not there are refused" 125 "$jctl" run --rm --cpuset-mems 63 dev:1 true
# Whether the host limits huge pages: v1's controller is mounted, or v2 has it.
limits_pages=no
if grep -q ' /sys/fs/cgroup/hugetlb ' /proc/mounts || grep -qw hugetlb /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
    limits_pages=yes
fi
if [ $limits_pages = yes ] && [ -d /sys/kernel/mm/hugepages/hugepages-2048kB ]; then
    check_output "huge pages" '^4194304$' "$jctl" run --rm --hugetlb 2m=4m dev:1 \
        sh -c 'cd /sys/fs/cgroup; cat hugetlb/hugetlb.2MB.limit_in_bytes 2>/dev/null ||
            cat hugetlb.2MB.max 2>/dev/null || cat unified/hugetlb.2MB.max'
else
    skip "a limit of huge pages" "needs pages of 2 MiB, and the cgroup controller hugetlb"
fi
pool=/sys/kernel/mm/hugepages/hugepages-2048kB
check_exit "huge pages of a size the kernel has not are refused" 125 "$jctl" run --rm --hugepages 32k dev:1 true
cp "$work/output" "$work/refusal"
check_output "with those it has, or why not" 'the kernel has no pages of 32K; it (has pages of|was built without)' \
    cat "$work/refusal"
if [ -d $pool ]; then
    for where in "" "--userns host"; do
        # Words by design.
        # shellcheck disable=SC2086
        check_output "a file system of huge pages ${where:-in a user namespace}" \
            '^hugetlbfs /dev/hugepages hugetlbfs rw,.*pagesize=2M' \
            "$jctl" run --rm $where --hugepages 2M dev:1 cat /proc/mounts
    done
    check_output "at another place" ' /huge hugetlbfs ' "$jctl" run --rm --hugepages 2Mi:/huge dev:1 cat /proc/mounts
    check_exit "more than the host has are refused" 125 "$jctl" run --rm --hugepages 2M=100000000 dev:1 true
    cp "$work/output" "$work/refusal"
    check_output "which says how to have more" "the container wants 100000000; .*echo NUMBER > $pool/nr_hugepages" \
        cat "$work/refusal"
    pages=$(cat $pool/nr_hugepages)
    if echo $((pages + 6)) > $pool/nr_hugepages 2>/dev/null &&
            [ "$(cat $pool/nr_hugepages)" -eq $((pages + 6)) ]; then
        check_output "as many as asked for, and no more" '^2 pages and no third$' \
            "$jctl" run --rm --user 1000 --hugepages 2M=2 dev:1 sh -c 'fallocate -l 4M /dev/hugepages/a &&
                ! fallocate -l 2M /dev/hugepages/b 2>/dev/null && echo "2 pages and no third"'
        if [ $limits_pages = yes ]; then
            check_output "the cgroup limits them, too" '^4194304$' \
                "$jctl" run --rm --hugepages 2M=2 dev:1 sh -c 'cd /sys/fs/cgroup
                    cat hugetlb/hugetlb.2MB.limit_in_bytes 2>/dev/null ||
                    cat hugetlb.2MB.max 2>/dev/null || cat unified/hugetlb.2MB.max'
        else
            skip "the cgroup limits them, too" "the controller hugetlb is not mounted"
        fi
        check_output "which come back" '^6$' sh -c "echo \$((\$(cat $pool/free_hugepages) - $pages))"
        echo "$pages" > $pool/nr_hugepages
    else
        skip "huge pages in use" "the kernel cannot keep six of 2 MiB"
    fi
fi
finish
