# For the scripts of this folder: `. "$(dirname "$0")/lib/cases.sh"`; others set root first. Each case prints one line that
# the report counts: "ok NAME", "not ok NAME: why" or "skip NAME: reason"; finish prints "end".
#
# $jctl is the command, $work a folder of this script's own; an agent of its own is started by
# start_agent and ended, with everything it holds, when the script ends.
# shellcheck shell=sh disable=SC2034

root=${root-$(cd "$(dirname "$0")/.." && pwd)}
jctl=$root/jctl
work=$(mktemp -d "${TMPDIR:-/tmp}/jctl-acceptance.XXXXXX") || exit 1
agent=

# one_line WORD…: a command as a report's line shows it.
one_line() {
    printf '%s' "$*" | tr '\n' ' '
}

# check NAME COMMAND…: ok if the command exits with 0; what it printed is shown if it does not.
check() {
    name=$1
    shift
    if "$@" > "$work/output" 2>&1; then
        echo "ok $name"
    else
        code=$?
        echo "not ok $name: $(one_line "$@") exited with $code"
        sed 's/^/    /' "$work/output"
    fi
}

# check_output NAME EXPECTED COMMAND…: ok if it exits with 0 and prints a line that matches.
check_output() {
    name=$1
    expected=$2
    shift 2
    if "$@" > "$work/output" 2>&1 && grep -qE -e "$expected" "$work/output"; then
        echo "ok $name"
    else
        echo "not ok $name: $(one_line "$@") did not print $expected"
        sed 's/^/    /' "$work/output"
    fi
}

# check_exit NAME CODE COMMAND…: ok if it exits with this code.
check_exit() {
    name=$1
    expected=$2
    shift 2
    "$@" > "$work/output" 2>&1
    code=$?
    if [ $code -eq "$expected" ]; then
        echo "ok $name"
    else
        echo "not ok $name: $(one_line "$@") exited with $code and not $expected"
        sed 's/^/    /' "$work/output"
    fi
}

skip() {
    echo "skip $1: $2"
}

# until_ok SECONDS COMMAND…: until it succeeds.
until_ok() {
    left=$(($1 * 10))
    shift
    until "$@" > /dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || return 1
        sleep 0.1
    done
}

# start_agent FLAG…: one with folders of its own; JCTL_HOST leads to it.
start_agent() {
    "$jctl" agent --data-dir "$work/data" --run-dir "$work/run" "$@" > "$work/agent.log" 2>&1 &
    agent=$!
    JCTL_HOST=unix://$work/run/jctl.sock
    export JCTL_HOST
    tries=0
    while ! [ -S "$work/run/jctl.sock" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 1800 ] || ! kill -0 $agent 2>/dev/null; then
            echo "not ok the agent starts: $(tail -n 5 "$work/agent.log")"
            exit 1
        fi
        sleep 0.1
    done
}

stop_agent() {
    [ -n "$agent" ] || return 0
    ids=$("$jctl" ps -aq 2>/dev/null)
    # Words by design.
    # shellcheck disable=SC2086
    [ -z "$ids" ] || "$jctl" rm -f $ids >/dev/null 2>&1
    kill "$agent" 2>/dev/null
    wait "$agent" 2>/dev/null
    agent=
}

clean_up() {
    stop_agent
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

finish() {
    echo end
}

# until_says EXPECTED COMMAND…: a server needs a moment to begin.
until_says() {
    expected=$1
    shift
    tries=0
    until "$@" 2>&1 | grep -qxE -e "$expected"; do
        tries=$((tries + 1))
        [ $tries -lt 25 ] || { "$@"; return 1; }
        sleep 0.2
    done
}
