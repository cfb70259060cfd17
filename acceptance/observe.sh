#!/bin/sh
# Seeing what containers do: stats, top, events, disk use, clean-up, metrics.
# (What stands in single quotes is for the container's shell; agent is ended by lib/cases.sh.)
# shellcheck disable=SC2016,SC2034
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "seeing what containers do" "needs root"
    finish
    exit 0
fi
start_agent
began=$(date +%s)

check "a container that works" "$jctl" run -d --name busy --network none --memory 64m \
    --label tier=front host sh -c 'while :; do :; done'
check "a container that sleeps" "$jctl" run -d --name idle --network none host sleep 1d

# ---- stats
check_output "stats has docker's table" \
    '^CONTAINER ID +NAME +CPU % +MEM USAGE / LIMIT +MEM % +NET I/O +BLOCK I/O +PIDS' \
    "$jctl" stats --no-stream
check_output "stats counts processor time and shows the limit" \
    '^busy ([1-9][0-9]?|1[0-9][0-9])\.[0-9]{2}% .*/ 64MiB 1$' \
    "$jctl" stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' busy
check_output "stats of one that sleeps" '^idle 0\.[0-9]{2}%$' \
    "$jctl" stats --no-stream --format '{{.Name}} {{.CPUPerc}}' idle
check_output "stats as JSON" '"Name": "idle"' "$jctl" stats --no-stream -o json idle
check_exit "stats of nobody" 1 "$jctl" stats --no-stream nobody
true > "$work/stream"
"$jctl" stats --format '{{.Name}}' busy > "$work/stream" &
watcher=$!
tries=0
while [ "$(wc -l < "$work/stream")" -lt 3 ] && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill $watcher
wait $watcher 2>/dev/null
check "stats goes on" test "$(grep -c '^busy$' "$work/stream")" -ge 3
"$jctl" create --name resting --network none host true >/dev/null
check_output "stats -a shows those that rest" '^resting 0\.00% 0B / 0B$' \
    "$jctl" stats -a --no-stream --format '{{.Name}} {{.CPUPerc}} {{.NetIO}}'

# ---- top
check_output "top as ps -ef" '^UID +PID +PPID +C +STIME +TTY +TIME +CMD' "$jctl" top idle
check_output "top shows the command" ' sleep 1d$' "$jctl" top idle
check_output "top with columns" '^[0-9]+ +sleep$' "$jctl" top idle -eo pid,comm
check_output "top as ps aux" '^USER +PID +%CPU' "$jctl" top idle aux
check_exit "top with a column nobody knows" 1 "$jctl" top idle -o secret
check_output "top says what there is" 'there are pid, ppid' sh -c "'$jctl' top idle -o secret 2>&1; :"
check_exit "top of one that rests" 1 "$jctl" top resting
check "top after the container's own program changed its name" "$jctl" run -d --name liar \
    --network none host sh -c 'exec sleep "1$(printf "\033[2J")d" 2>/dev/null || exec sleep 1d'
check "no control characters reach the terminal" sh -c \
    "! '$jctl' top liar | LC_ALL=C grep -q '[[:cntrl:]]\[2J'"

# ---- events
"$jctl" exec idle true
"$jctl" kill --signal TERM busy >/dev/null
"$jctl" stop -t 0 liar >/dev/null
"$jctl" run --rm --network none --name short --label tier=back host sh -c 'exit 3' >/dev/null
events() {
    "$jctl" events --since "$began" --until "$(($(date +%s) + 1))" "$@" 2>&1
}
check_output "events of a life" '^create attach start die destroy $' sh -c \
    "'$jctl' events --since $began --until $(($(date +%s) + 1)) --filter container=short \
    --format '{{.Action}}' | tr '\n' ' '"
check_output "events in docker's form" \
    '^[0-9-]+T[0-9:.]+(Z|[+-][0-9:]+) container die [0-9a-f]{64} \(exitCode=3, image=host, name=short, tier=back\)$' \
    events --filter event=die --filter container=short
check_output "events as JSON" '"Action":"die","Actor":\{"ID":"[0-9a-f]{64}","Attributes":\{"exitCode":"3"' \
    events --filter event=die --filter label=tier=back --format json
check_output "events of a further process" '^exec_create: true$' \
    events --filter event=exec_create --format '{{.Action}}'
check_output "events of images" '^image import host:latest$' \
    events --filter type=image --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}'
check_output "the signal of a kill" '^15$' \
    events --filter event=kill --filter container=busy --format '{{.Actor.Attributes.signal}}'
check_exit "events of a kind nobody knows" 1 "$jctl" events --filter type=pod
"$jctl" events --filter event=rename --filter event=destroy --format '{{.Action}}' > "$work/live" &
watcher=$!
sleep 1
"$jctl" rm -f liar >/dev/null
tries=0
while ! grep -q destroy "$work/live" && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
kill $watcher
wait $watcher 2>/dev/null
check "events come as they happen" grep -q '^destroy$' "$work/live"

# ---- disk use
"$jctl" run --network none --name writer host sh -c 'i=0; while [ $i -lt 4000 ]; do
    echo 0123456789012345678901234; i=$((i + 1)); done > /written' >/dev/null
check_output "ps --size" '^10[0-9](\.[0-9]+)?kB \(virtual [0-9.]+[kMG]B\)$' \
    "$jctl" ps -a --size --filter name=writer --format '{{.Size}}'
check_output "system df" '^Containers +[0-9]+ +[0-9]+ +10[0-9](\.[0-9]+)?kB +10[0-9]' "$jctl" system df
check_output "system df counts images" '^Images +1 +1 ' "$jctl" system df
check_output "system df -v" '^[0-9a-f]{12} +host .* writer$' "$jctl" system df -v
check_output "system info" '^CgroupMode: ' "$jctl" system info

# ---- clean-up
check_exit "prune without a terminal asks for --force" 1 sh -c "'$jctl' container prune < /dev/null"
check "and leaves everything" "$jctl" inspect writer
check_output "prune of older ones only" 'Total reclaimed space: 0B' \
    "$jctl" container prune -f --filter until=24h
check_output "container prune" '^Total reclaimed space: 10' "$jctl" container prune -f
check_exit "what rested is gone" 1 "$jctl" inspect writer
check_output "what runs stays" '^idle$' "$jctl" ps --format '{{.Names}}'
"$jctl" tag host spare:1
"$jctl" create --network none --name resting host true >/dev/null
check_output "system prune" '^Deleted Containers:$' "$jctl" system prune -f
check "its images stay" "$jctl" image inspect spare:1
"$jctl" rm -f idle busy >/dev/null
check_output "system prune -a" '^untagged: spare:1$' "$jctl" system prune -af
check_exit "a filter nobody knows" 1 "$jctl" system prune -f --filter name=x

# ---- metrics
stop_agent
rm "$work/agent.log"
"$jctl" agent --data-dir "$work/data" --run-dir "$work/run" --metrics-addr 127.0.0.1:0 \
    --log-format json > "$work/agent.log" 2>&1 &
agent=$!
tries=0
while ! grep -qs 'listening on' "$work/agent.log" && [ $tries -lt 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
check_output "the journal as JSON" '^\{"time":"[^"]+","component":"agent","pid":[0-9]+,"msg":"listening on ' \
    cat "$work/agent.log"
address=$(sed -n 's/.*metrics are at \/*\([0-9.:]*\)\/metrics.*/\1/p' "$work/agent.log")
"$jctl" run -d --network none --name measured host sleep 1d >/dev/null
check_output "metrics of a container" \
    '^container_memory_working_set_bytes\{id="[0-9a-f]{64}",image="host",name="measured"\} [1-9]' \
    curl -sf "http://$address/metrics"
check_output "metrics of the daemon" '^jctl_containers\{state="running"\} 1' \
    curl -sf "http://$address/metrics"
check_exit "nothing else is there" 22 curl -sf "http://$address/"
"$jctl" rm -f measured >/dev/null
finish
