#!/bin/sh
# Where output goes: log drivers and their options, forwarding to syslog by udp and tcp.
# (What stands in single quotes is for the container's shell; agent is ended by lib/cases.sh.)
# shellcheck disable=SC2016,SC2034
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "log drivers" "needs root"
    finish
    exit 0
fi
if ! command -v python3 >/dev/null; then
    skip "log drivers" "needs python3 as a syslog server"
    finish
    exit 0
fi

# serve KIND: a server on a free port of loopback, written to $work/KIND.port; what it gets, to $work/KIND.
serve() {
    python3 - "$1" "$work/$1" "${2:-0}" <<'END' &
import os, socket, sys
kind, path, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
server = socket.socket(socket.AF_INET,
                       socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", port))
if kind == "tcp":
    server.listen()
with open(path + ".new", "w") as text:
    text.write(str(server.getsockname()[1]))
os.rename(path + ".new", path + ".port")
with open(path, "ab", buffering=0) as got:
    while True:
        if kind == "udp":
            got.write(server.recv(65536) + b"\n")
            continue
        peer = server.accept()[0]
        while data := peer.recv(65536):
            got.write(data)
END
    server=$!
    servers="$servers $server"
    until_ok 60 test -f "$work/$1.port"
}

# The journal: what it gets, fields in hexadecimal after "file " if they came in one, a line for each entry.
serve_journal() {
    python3 - "$work/journal" <<'END' &
import array, os, socket, sys
path = sys.argv[1]
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(path + ".socket")
with open(path, "a", buffering=1) as got:
    while True:
        data, ancillary, _, _ = server.recvmsg(1 << 20, 64)
        kind = ""
        for _, _, descriptors in ancillary:
            file = array.array("i", descriptors)[0]
            data = os.pread(file, 1 << 24, 0)
            os.close(file)
            kind = "file "
        got.write(kind + repr(data)[2:-1] + "\n")
END
    servers="$servers $!"
    until_ok 60 test -S "$work/journal.socket"
}

servers=
# Words by design.
# shellcheck disable=SC2086
trap 'kill $servers 2>/dev/null; clean_up' EXIT
serve udp
serve tcp
tcp_server=$server
udp=$(cat "$work/udp.port")
tcp=$(cat "$work/tcp.port")
serve_journal
check_exit "an agent with a driver nobody knows does not start" 1 "$jctl" agent --data-dir "$work/data" \
    --run-dir "$work/run" --log-driver fluentd
start_agent --journald-socket "$work/journal.socket" --log-opt max-size=96k

# ---- options
check_exit "a driver nobody knows is refused" 125 "$jctl" run --rm --log-driver fluentd host true
check_output "and those there are named" 'json-file, local, none, journald, syslog' \
    sh -c "'$jctl' run --rm --log-driver fluentd host true 2>&1; :"
check_output "an option nobody knows is refused, with those there are" \
    "no option 'colour'; there are env, env-regex, labels, labels-regex, max-file, max-size, tag" \
    sh -c "'$jctl' run --rm --log-opt colour=red host true 2>&1; :"
check "max-size and max-file" "$jctl" run --name small --network none --log-driver local \
    --log-opt max-size=64k --log-opt max-file=2 host echo bounded
check_output "they are shown by inspect" '^local map\[max-file:2 max-size:64k\]$|"max-size": "64k"' \
    "$jctl" inspect small
check_output "logs of the own log" '^bounded$' "$jctl" logs small
check_output "none shows output to who is attached" '^seen$' \
    "$jctl" run --name silent --network none --log-driver none host echo seen
check_output "but logs has nothing" 'keeps no log' sh -c "'$jctl' logs silent 2>&1; :"

check "labels, variables and a tag are chosen" "$jctl" run --name told --network none --label tier=front \
    --label other=x -e A='1 2' -e B=3 --log-opt labels=tier --log-opt env-regex='^A' \
    --log-opt tag='{{.Name}}' host sh -c 'echo first; echo second >&2'
check_output "logs --details shows them" '^A=1\+2,tag=told,tier=front first$' "$jctl" logs --details told
check_output "after the time" '^[0-9T:.-]+Z A=1\+2,tag=told,tier=front second$' "$jctl" logs --details -t told
check_output "and nothing where nothing is chosen" '^ bounded$' "$jctl" logs --details small

# ---- syslog
check "syslog by udp" "$jctl" run --name by-udp --network none --log-driver syslog \
    --log-opt syslog-address=udp://127.0.0.1:"$udp" --log-opt tag='{{.Name}}' host \
    sh -c 'echo one; echo two >&2'
check "one arrives as RFC 5424 says" until_ok 60 grep -qE \
    '^<30>1 [0-9-]+T[0-9:.]+Z [^ ]+ by-udp - by-udp - one$' "$work/udp"
check "standard error is an error" until_ok 60 grep -qE '^<27>1 .* by-udp - two$' "$work/udp"
check_output "logs works all the same" '^one$' "$jctl" logs by-udp
check "syslog by tcp" "$jctl" run -d --name by-tcp --network none --log-driver syslog \
    --log-opt syslog-address=tcp://127.0.0.1:"$tcp" --log-opt syslog-format=rfc3164 \
    --log-opt syslog-facility=local0 host \
    sh -c 'i=0; while :; do i=$((i + 1)); echo "line $i."; sleep 0.1; done'
check "it arrives as RFC 3164 says" until_ok 60 grep -qE \
    '^<134>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} [^ ]+ [0-9a-f]{12}: line 1\.$' "$work/tcp"

# ---- journald
check "journald" "$jctl" run --name by-journal --network none --log-driver journald --label note="one
two" --label large="$(head -c 60000 /dev/zero | tr '\0' x)" --label larger="$(head -c 120000 /dev/zero | tr '\0' y)" \
    --label largest="$(head -c 120000 /dev/zero | tr '\0' z)" --log-opt labels=note \
    host sh -c 'echo to the journal; echo its error >&2'
check "a line is an entry of the journal" until_ok 60 grep -qE \
    '^MESSAGE=to the journal\\nPRIORITY=6\\n.*CONTAINER_NAME=by-journal\\n' "$work/journal"
check "a field of two lines is binary" grep -qF 'NOTE\n\x07\x00\x00\x00\x00\x00\x00\x00one\ntwo\n' "$work/journal"
check "standard error is an error there, too" until_ok 60 grep -qE '^MESSAGE=its error\\nPRIORITY=3\\n' "$work/journal"
check "an entry larger than a datagram" "$jctl" run --name large --network none --log-driver journald \
    --label a="$(head -c 100000 /dev/zero | tr '\0' x)" --label b="$(head -c 100000 /dev/zero | tr '\0' y)" \
    --label c="$(head -c 100000 /dev/zero | tr '\0' z)" --log-opt labels=a,b,c host echo huge
check "comes as a file" until_ok 60 grep -qE '^file MESSAGE=huge\\nPRIORITY=6\\n' "$work/journal"

# ---- the daemon's own choice
check_output "the daemon's options hold" '"max-size": "96k"' "$jctl" inspect told
check_output "and its driver is told" '^json-file$' "$jctl" info --format '{{.LoggingDriver}}'

# ---- a daemon's restart neither loses nor doubles
kill "$agent"
wait "$agent" 2>/dev/null
start_agent --journald-socket "$work/journal.socket" --log-driver journald --log-opt tag='{{.Name}}.d'
last=$("$jctl" logs by-tcp | tail -n 1)
check "forwarding goes on after a restart of the daemon" until_ok 60 grep -qF "$last" "$work/tcp"
check "with no line twice" sh -c \
    "test -z \"\$(sed 's/.*: line/line/' '$work/tcp' | sort | uniq -d)\""

check_output "another default driver holds for new containers" '^json-file journald$' sh -c "
    '$jctl' run --name later --network none host echo by default >/dev/null
    echo \$('$jctl' inspect --format '{{.HostConfig.LogConfig.Type}}' told later)"
check "which it serves" until_ok 60 grep -qE '^MESSAGE=by default\\n.*CONTAINER_TAG=later.d\\n' "$work/journal"
check_output "unless they name another" '^none$' sh -c "
    '$jctl' create --name other --network none --log-driver none host true >/dev/null
    '$jctl' inspect --format '{{.HostConfig.LogConfig.Type}}' other"

# ---- a target that is gone
kill "$tcp_server"
wait "$tcp_server" 2>/dev/null
check "a target that is gone is told" until_ok 60 grep -q 'cannot be forwarded to tcp://127.0.0.1' \
    "$work/agent.log"
here=$("$jctl" logs by-tcp | wc -l)
check "the container goes on" until_ok 60 sh -c "test \$('$jctl' logs by-tcp | wc -l) -gt $((here + 5))"
rm "$work/tcp.port"
serve tcp "$tcp"
last=$("$jctl" logs by-tcp | tail -n 1)
check "what waited arrives when the target is back" until_ok 60 grep -qF "$last" "$work/tcp"
check "a container that forwards is removed" "$jctl" rm -f by-tcp by-udp small silent told \
    by-journal large later other

finish
