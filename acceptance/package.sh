#!/bin/sh
# What `jctl package` makes: unpacked somewhere and with no Java in reach it runs containers, as a
# service would start it; the Debian package holds what it should.
. "$(dirname "$0")/lib/cases.sh"

if command -v systemd-analyze > /dev/null; then
    # Where jctl is not installed its program is absent; what else verify says is an error of the unit.
    verify() {
        mkdir -p "$work/units" && cp "$root"/packaging/jctl.service "$root"/packaging/jctl.socket "$work/units/"
        sed -i 's:/usr/bin/jctl:/bin/true:' "$work/units/jctl.service"
        systemd-analyze verify "$work/units/jctl.service" 2>&1 | grep 'units/jctl' && return 1
        return 0
    }
    check "the unit is in order" verify
else
    skip "the unit is in order" "needs the program systemd-analyze"
fi
if [ "$(id -u)" -ne 0 ]; then
    skip "packages" "needs root"
    finish
    exit 0
fi

check "packages are made" "$jctl" package --output "$work/out"
set -- "$work"/out/jctl-*.tar.gz
mkdir "$work/unpacked" && tar -C "$work/unpacked" -xzf "$1"
set -- "$work"/unpacked/jctl-*
tree=$1
jctl=$tree/bin/jctl

# A PATH of links to everything but a Java.
mkdir "$work/path"
for folder in /usr/sbin /usr/bin /sbin /bin; do
    for program in "$folder"/*; do
        case ${program##*/} in java | javac | jctl | jrun) continue ;; esac
        [ -e "$work/path/${program##*/}" ] || ln -s "$program" "$work/path/"
    done
done
# shellcheck disable=SC2123 # the search path is meant
PATH=$work/path
export PATH
unset JAVA_HOME
check_exit "no Java is in reach" 127 sh -c 'command -v java > /dev/null || exit 127'

check_output "the packed jctl runs" '^jctl version 0' "$jctl" --version
check_output "its cache is in use" 'Client' env JCTL_JAVA_OPTIONS=-XX:AOTMode=on "$jctl" version --client
check_output "the packed jrun runs, its cache in use" 'ociVersionMin' \
    env JRUN_JAVA_OPTIONS=-XX:AOTMode=on "$tree/bin/jrun" features
ln -s "$jctl" "$work/link"
check_output "runs by a link" '^jctl version 0' "$work/link" --version
check_exit "refuses what is for a checkout" 125 "$jctl" demo

cat > "$work/agent.yaml" <<END
dta-dir: $work/data
log-format: xml
END
check_exit "a file with mistakes stops the agent" 1 "$jctl" agent --config "$work/agent.yaml"
check_output "each mistake with its line" 'line 1: .*did you mean data-dir' sh -c "'$jctl' agent --config '$work/agent.yaml'; true"
cat > "$work/agent.yaml" <<END
data-dir: $work/data
run-dir: $work/run
group: daemon
END

# As a service manager starts it: with a socket to be told at.
if command -v python3 > /dev/null; then
    cat > "$work/notified.py" <<'END'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
listener.settimeout(120)
for line in range(2):
    print(listener.recv(100).decode(), flush=True)
END
    python3 "$work/notified.py" "$work/notify" > "$work/notices" &
    listener=$!
    tries=0
    while ! [ -S "$work/notify" ] && [ $tries -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    NOTIFY_SOCKET=$work/notify
    export NOTIFY_SOCKET
fi
JCTL_JAVA_OPTIONS=-XX:AOTMode=on "$jctl" agent --config "$work/agent.yaml" > "$work/agent.log" 2>&1 &
agent=$!
unset NOTIFY_SOCKET
JCTL_HOST=unix://$work/run/jctl.sock
export JCTL_HOST
tries=0
while ! [ -S "$work/run/jctl.sock" ] && kill -0 $agent 2> /dev/null && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
check_output "the packed agent answers" '^ *Version: *0' "$jctl" version
check_output "the socket is the group's" '^660 root daemon$' stat -c '%a %U %G' "$work/run/jctl.sock"
check "an image of the host's programs" "$jctl" image from-host sh id
check_output "a container runs" '^uid=0' "$jctl" run --rm --network none host id
stop_agent
if [ -n "${listener-}" ]; then
    wait "$listener"
    check_output "the service manager hears that it is ready" '^READY=1$' cat "$work/notices"
    check_output "the service manager hears that it ends" '^STOPPING=1$' cat "$work/notices"

    # As a .socket unit starts it.
    cat > "$work/hand-over.py" <<'END'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen(8)
descriptor = os.dup(listener.fileno()) if listener.fileno() != 3 else 3
if descriptor != 3:
    os.dup2(descriptor, 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
END
    mkdir "$work/handed"
    python3 "$work/hand-over.py" "$work/handed/s" "$jctl" agent --data-dir "$work/data" \
        --run-dir "$work/run" > "$work/agent.log" 2>&1 &
    agent=$!
    tries=0
    while ! [ -S "$work/handed/s" ] && kill -0 $agent 2> /dev/null && [ $tries -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    JCTL_HOST=unix://$work/handed/s
    # It waits in the socket until the agent is there.
    check_output "a socket handed over is served" '^ *Version: *0' "$jctl" version
    check_output "containers run through it" '^uid=0' "$jctl" run --rm --network none host id
    stop_agent
    check "the socket is left to who made it" test -S "$work/handed/s"
else
    skip "what a service manager hears" "needs the program python3"
fi

if command -v dpkg-deb > /dev/null; then
    set -- "$work"/out/jctl_*.deb
    dpkg-deb --contents "$1" > "$work/contents"
    for file in usr/bin/jctl usr/bin/jrun usr/lib/jctl/agent.aot usr/lib/jctl/runtime/bin/java \
        usr/lib/systemd/system/jctl.service etc/jctl/agent.yaml usr/share/man/man1/jctl-run.1.gz \
        usr/share/bash-completion/completions/jctl; do
        check "the Debian package has /$file" grep -qE " root/root .* \./$file\$" "$work/contents"
    done
    check_output "the settings are kept when it is upgraded" '^ */etc/jctl/agent.yaml$' \
        dpkg-deb --info "$1" conffiles
    check "it unpacks" dpkg-deb --extract "$1" "$work/installed"
    check_output "it runs where it was installed" '^jctl version 0' \
        env JCTL_JAVA_OPTIONS=-XX:AOTMode=on "$work/installed/usr/bin/jctl" --version
else
    skip "the Debian package" "needs the program dpkg-deb"
fi
finish
