#!/bin/sh
# Services that are scaled by what their tasks have to do: by processor time, by a number of their own, by one of another
# service, from nothing and to nothing; fifty times as many at once; what is in use.
# What a container or another shell is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ] || ! [ -x /usr/bin/python3 ]; then
    skip "autoscaling" "needs root and /usr/bin/python3"
    finish
    exit 0
fi

# The tasks of services end with them, and then the agent.
no_services() {
    # Words by design.
    # shellcheck disable=SC2046
    "$jctl" service rm $(timeout 20 "$jctl" service ls -q) > /dev/null 2>&1
    until_ok 30 sh -c "! '$jctl' ps -aq | grep -q ."
    clean_up
}
trap no_services EXIT
# note WHAT SINCE: a figure for whoever reads the log; nothing depends on it.
note() {
    echo "# $1: $(($(date +%s%3N) - $2)) ms (load $(cut -d ' ' -f 1 /proc/loadavg))"
}
# runs SERVICE COUNT: so many run, and so many are wanted.
runs() {
    "$jctl" service ls --filter "name=$1" --format '{{.Name}} {{.Replicas}}' | grep -q "^$1 $2/$2 "
}
# at_once SERVICE COUNT: so many tasks of a job run.
at_once() {
    "$jctl" service ls --filter "name=$1" --format '{{.Name}} {{.Replicas}}' | grep -q "^$1 $2/"
}
# says VALUE: what the queue says of its length from now on.
says() {
    echo "$1" > "$work/load/.next" && chmod 644 "$work/load/.next" && mv "$work/load/.next" "$work/load/length"
}
reason() {
    "$jctl" why "$1"
}

mkdir "$work/load"
chmod 755 "$work" "$work/load"
says 0
cat > "$work/queue.py" << 'PYTHON'
import http.server

class Queue(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = "# TYPE queue_length gauge\nqueue_length{name=\"a\"} %s\nqueue_length{name=\"b\"} 7\n" \
            % open("/load/length").read().strip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *words):
        pass

http.server.ThreadingHTTPServer(("", 9100), Queue).serve_forever()
PYTHON
chmod 644 "$work/queue.py"

start_agent --cluster-addr 127.0.0.1:$((20000 + $$ % 20000))
check "an image" "$jctl" image from-host -t l:1 sh sleep
metric='port=9100,name=queue_length,label=name=a,average=10'

# ---- a number of another service, fifty times as many ----

check "a queue" "$jctl" service create -d --name queue --mount type=bind,source=/usr,target=/usr,readonly \
    --mount "type=bind,source=$work/load,target=/load,readonly" \
    --mount "type=bind,source=$work/queue.py,target=/queue.py,readonly" l:1 /usr/bin/python3 /queue.py
check "nobody works while there is nothing to do" "$jctl" service create -d --name work --autoscale-min 0 \
    --autoscale-max 60 --autoscale-metric "service=queue,$metric" --autoscale-down-window 3s \
    --stop-grace-period 1s l:1 sleep 1000
heard() {
    "$jctl" why work | grep -q 'of queue 0, 10 wanted'
}
check "the queue is heard" until_ok 60 heard
check_output "none is wanted" '^work .*0/0 \(scaled 0 to 60\)' "$jctl" service ls --format '{{.Name}} {{.Replicas}}'
says 10
check "one works once there is something" until_ok 60 runs work 1
since=$(date +%s%3N)
says 500
check "fifty work when there is fifty times as much" until_ok 90 runs work 50
note "fifty times as many run" "$since"
check_output "and it is said why" 'Scaled [0-9]+ → 50 at .*: queue_length\{name="a"\} of queue 500, 10 wanted' reason work
check_output "also before the last time" 'Scaled 0 → 1 ' "$jctl" why --history work
check_output "by hand it is scaled within the range" '61 is not between 0 and 60' \
    sh -c '! "$0" service scale work=61' "$jctl"
says broken
sleep 5
check "of what is not known there are not fewer" runs work 50
check_output "and it is said why" 'not known: http://.* says something that is no number' reason work
says 0
check "none is left when there is nothing to do" until_ok 90 runs work 0
check "it is removed" "$jctl" service rm work

# ---- a job ----

check "a job" "$jctl" service create -d --name job --mode replicated-job --replicas 40 --autoscale-min 0 \
    --autoscale-max 8 --autoscale-metric "service=queue,$metric" --autoscale-down-window 1s l:1 sleep 2
check_output "waits for work" '^job 0/[0-9]+ \(0/40 completed\)' "$jctl" service ls --format '{{.Name}} {{.Replicas}}'
says 25
check "does three at once" until_ok 60 at_once job 3
says 0
check "rests when there is none" until_ok 60 at_once job 0
check "it is removed" "$jctl" service rm job

# ---- a number of their own, and processor time ----

check "the queue itself has more tasks if it is long" "$jctl" service update -d --autoscale-max 3 \
    --autoscale-metric "$metric" --autoscale-down-window 2s queue
says 20
check "three" until_ok 60 runs queue 3
says 0
check "one" until_ok 60 runs queue 1
check "it is scaled no more" "$jctl" service update -d --no-autoscale queue
check "programs that are busy" "$jctl" service create -d --name busy --limit-cpu 0.1 --autoscale-max 2 --autoscale-cpu 50 \
    --stop-grace-period 1s l:1 sh -c 'while :; do :; done'
check "become two" until_ok 60 runs busy 2
check_output "and it is said why" 'Scaled 1 → 2 .*: cpu [0-9.]+% of 50% wanted' reason busy

# ---- what is in use ----

check_output "of the node" '^node .* [0-9.]+%' "$jctl" top --no-stream --format '{{.Kind}} {{.Name}} {{.CPUPerc}}'
check_output "of tasks" '^task busy.[12] [0-9]+\.[0-9]%' "$jctl" top --no-stream --format '{{.Kind}} {{.Name}} {{.CPUPerc}}'
tops() {
    "$jctl" top | grep -Eq '^busy  +2 of 1 to 2 '
}
check "for people, too" until_ok 30 tops

# ---- what is refused ----

wrong() {
    ! "$jctl" service create -d --name wrong --replicas 9 --autoscale-min 0 --autoscale-max 3 --autoscale-cpu 70 \
        --autoscale-metric port=70000,name=1x,average=-1 l:1 sleep 1
}
for field in 'mode.replicas: 9' 'minimum: 0 would' 'targets.cpu: 70% of nothing' 'port: 70000' 'name: "1x"' 'average: -1'; do
    check_output "with many mistakes each is named: $field" "$field" wrong
done
finish
