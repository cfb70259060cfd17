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
check_output "its cache is in use" 'Client' env JCTL_JAVA_OPTIONS=-Xshare:on "$jctl" version --client
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


# What is missing is fetched; here by an apt-get of ours, for a program that is hidden from one shell only.
mkdir "$work/fake"
cat > "$work/fake/apt-get" <<END
#!/bin/sh
echo "\$*" >> "$work/fetched"
umount /usr/bin/setsid
END
chmod +x "$work/fake/apt-get"
# without_setsid WORD…: jctl where setsid has lost its right to be executed.
without_setsid() {
    # shellcheck disable=SC2016 # words of the inner shell
    PATH=$work/fake:$PATH unshare --mount sh -c 'mount --bind "$0" /usr/bin/setsid && exec "$@"' \
        "$work/agent.yaml" "$@"
}
if [ -x /usr/bin/setsid ]; then
    check_output "doctor says what is missing, and how to come by it" \
        'MISSING +setsid .*apt-get install util-linux' sh -c "$(command -v unshare) --mount sh -c \
        'mount --bind $work/agent.yaml /usr/bin/setsid && $jctl doctor'; true"
    check_output "doctor --install fetches it, and looks again" '^ok +setsid' without_setsid "$jctl" doctor --install
    check_output "doctor --install asks for the package" '^install -y .*util-linux' cat "$work/fetched"
else
    skip "doctor --install" "needs the program setsid in /usr/bin"
fi

if ! command -v dpkg > /dev/null || ! command -v dpkg-deb > /dev/null; then
    skip "the Debian package" "needs the programs dpkg and dpkg-deb"
    finish
    exit 0
fi
set -- "$work"/out/jctl_*.deb
package=$1
dpkg-deb --contents "$package" > "$work/contents"
for file in usr/bin/jctl usr/bin/jrun usr/lib/jctl/agent.aot usr/lib/jctl/member.aot usr/lib/jctl/runtime/bin/java \
    usr/lib/systemd/system/jctl.service etc/jctl/agent.yaml usr/share/man/man1/jctl-run.1.gz \
    usr/share/bash-completion/completions/jctl; do
    check "the Debian package has /$file" grep -qE " root/root .* \./$file\$" "$work/contents"
done

if [ -e /usr/bin/jctl ] || [ -e /etc/jctl ] || [ -e /var/lib/jctl ] || getent group jctl > /dev/null; then
    skip "the Debian package is installed" "needs a machine without jctl"
    finish
    exit 0
fi
remove_package() {
    stop_agent
    dpkg --purge jctl > "$work/purged" 2>&1
}
trap 'remove_package; clean_up' EXIT
jctl=/usr/bin/jctl
# dpkg waits for nobody else who installs.
install_package() { until_ok 60 sh -c "dpkg --install '$package' > '$work/installed' 2>&1"; }
started() { until_ok 120 "$jctl" version; }
check "the Debian package is installed" install_package
[ -d /run/systemd/system ] || check_output "says how the daemon starts where no systemd runs" \
    "start the daemon with .jctl agent" cat "$work/installed"
check_output "the installed jctl runs" '^jctl version 0' "$jctl" --version
check_output "its cache is for where it is" '\(app *\) .* = /usr/lib/jctl/jctl.jar' \
    env JCTL_JAVA_OPTIONS="-Xshare:on -Xlog:class+path=info" "$jctl" --version
check_output "the group is there" '^jctl:' getent group jctl
if command -v systemctl > /dev/null; then
    check_output "the unit is for boot" '^enabled' systemctl is-enabled jctl.service
fi
if command -v systemd-analyze > /dev/null; then
    check "the installed units are in order" sh -c \
        "! systemd-analyze verify jctl.service jctl.socket 2>&1 | grep 'system/jctl'"
fi

# As an administrator who does without systemd: the daemon by hand, with the package's settings.
chmod 755 "$work"
sed -i "s:^# data-dir.*:data-dir\: $work/data:; s:^# run-dir.*:run-dir\: $work/run:" /etc/jctl/agent.yaml
JCTL_HOST=unix://$work/run/jctl.sock
"$jctl" agent > "$work/agent.log" 2>&1 &
agent=$!
check "the installed agent starts" started
group=$(getent group jctl | cut -d : -f 3)
check_output "a member of the group needs no root" '^uid=0' \
    setpriv --reuid=65534 --regid=65534 --groups="$group" "$jctl" run --rm --network none host id
check_output "who is none is told so" 'permission denied .*join the socket' \
    sh -c "setpriv --reuid=65534 --regid=65534 --clear-groups '$jctl' ps; true"

check "a container for the upgrade" "$jctl" run -d --name steady --network none host sh -c \
    'trap "echo told to end" TERM; while :; do sleep 1; done'
before=$("$jctl" inspect --format '{{.State.Pid}}' steady)
check "an upgrade" install_package
check "the settings are kept when it is upgraded" grep -qx "data-dir: $work/data" /etc/jctl/agent.yaml
# As systemd restarts it: KillMode=process.
check_output "the unit ends the daemon alone" '^KillMode=process$' cat /usr/lib/systemd/system/jctl.service
kill $agent
wait $agent
"$jctl" agent > "$work/agent.log" 2>&1 &
agent=$!
check "the upgraded agent starts" started
check_output "the container ran on" "^$before\$" "$jctl" inspect --format '{{.State.Pid}}' steady
check_exit "and was told nothing" 1 sh -c "'$jctl' logs steady | grep told"

mkdir -p /var/lib/jctl
stop_agent
check "it is removed" dpkg --remove jctl
check "its settings stay" test -f /etc/jctl/agent.yaml
check_output "a purge says what it leaves" 'remain in /var/lib/jctl' dpkg --purge jctl
rmdir /var/lib/jctl
# shellcheck disable=SC2016 # words of the inner shell
check_output "and leaves nothing else" '^nothing$' sh -c 'for left in /usr/bin/jctl /usr/bin/jrun /usr/lib/jctl \
    /etc/jctl /usr/lib/systemd/system/jctl.* /etc/systemd/system/*/jctl.* /usr/share/man/man1/jctl* \
    /usr/share/doc/jctl; do if [ -e "$left" ] || [ -L "$left" ]; then echo "$left"; exit 1; fi; done
    if getent group jctl; then exit 1; fi; echo nothing'
finish
