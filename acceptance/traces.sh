#!/bin/sh
# OpenTelemetry traces, as a collector gets them; and that nothing depends on one.
# (agent is ended by lib/cases.sh.)
# shellcheck disable=SC2034
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "traces" "needs root"
    finish
    exit 0
fi
unset OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_SDK_DISABLED
collector=
end_collector() {
    [ -z "$collector" ] || kill "$collector" 2>/dev/null
    collector=
}
trap 'end_collector; clean_up' EXIT
touch "$work/spans"
python3 "$(dirname "$0")/lib/otlp_collector.py" "$work" &
collector=$!
until_ok 60 test -f "$work/collector"
endpoint=$(cat "$work/collector")

OTEL_BSP_SCHEDULE_DELAY=100 OTEL_RESOURCE_ATTRIBUTES=site=north
export OTEL_BSP_SCHEDULE_DELAY OTEL_RESOURCE_ATTRIBUTES
start_agent --otlp-endpoint "$endpoint" --metrics-addr 127.0.0.1:0
check_output "the agent says where traces go" "traces go to $endpoint" cat "$work/agent.log"

# span NAME WORD…: a span of that name with all these words has come.
span() {
    expected=$1
    shift
    found=$(grep "^$expected " "$work/spans") || return 1
    for word in "$@"; do
        found=$(printf '%s\n' "$found" | grep -F -e " $word") || return 1
    done
}
# id NAME WORD: the id of a span that has come.
id() {
    grep "^$1 " "$work/spans" | grep -F -e " $2" | head -n 1 | sed 's/.* span=\([0-9a-f]*\) .*/\1/'
}
comes() {
    until_ok 60 span "$@"
}

# ---- a call and its parts
trace=0af7651916cd43dd8448eb211c80319c
TRACEPARENT=00-$trace-b7ad6b7169203331-01 "$jctl" run -d --name traced host sleep 1d >/dev/null
check "a call is a span of its client's" comes jctl.node.v1.Node/Run "trace=$trace" \
    parent=b7ad6b7169203331 status=0 rpc.system=grpc rpc.service=jctl.node.v1.Node rpc.method=Run \
    rpc.grpc.status_code=0 service.name=jctl site=north
run=$(id jctl.node.v1.Node/Run "trace=$trace")
check "with its container's start" comes container.start "trace=$trace" "parent=$run" \
    container.name=traced container.image.name=host
start=$(id container.start "trace=$trace")
for part in network.reserve launch.plan keeper.spawn launch.start; do
    check "and $part" comes $part "trace=$trace" "parent=$start" status=0
done
check "that it makes its container" comes container.create "trace=$trace" "parent=$run"
check_exit "a call that fails" 1 "$jctl" inspect nobody
check "is no fault of the daemon's" comes jctl.node.v1.Node/InspectContainer status=0 \
    rpc.grpc.status_code=5

# ---- layers
"$jctl" save -o "$work/image.tar" host
"$jctl" rm -f traced >/dev/null
"$jctl" rmi host >/dev/null
"$jctl" load -q -i "$work/image.tar" >/dev/null
check "a layer that is unpacked" comes layer.unpack jctl.blob.digest=sha256: status=0
check "is a part of its load" comes image.load status=0

# ---- what happens by itself
"$jctl" run -d --name again --network none --restart on-failure:1 host sh -c 'exit 3' >/dev/null
check "a restart by policy" comes container.restart container.name=again jctl.restart.count=1 status=0
"$jctl" run -d --name well --network none --health-cmd 'exit 3' --health-interval 1s host sleep 1d >/dev/null
check "a probe that fails" comes container.health_check container.name=well status=2

# ---- a collector that is gone
address=$(sed -n 's/.*metrics are at \/*\([0-9.:]*\)\/metrics.*/\1/p' "$work/agent.log")
count() {
    curl -sf "http://$address/metrics" | grep -q "^jctl_trace_spans_total{fate=\"$1\"} [1-9]"
}
check "spans are counted" until_ok 60 count sent
end_collector
"$jctl" ps >/dev/null
check "what cannot be sent, too" until_ok 120 count failed
check_output "containers do not depend on it" '^fine$' "$jctl" run --rm --network none host echo fine
"$jctl" ps >/dev/null
check "it is said once" test "$(grep -c 'some traces are lost: ' "$work/agent.log")" -eq 1
check_exit "and nothing is logged besides" 1 grep -v '^jctl agent: ' "$work/agent.log"
stop_agent

# ---- without
check_output "an endpoint that is none is refused" "give --otlp-endpoint an address like" sh -c \
    "'$jctl' agent --data-dir '$work/data' --run-dir '$work/run' --otlp-endpoint collector:4318 2>&1; :"
rm -f "$work/run/jctl.sock"
JCTL_JAVA_OPTIONS="-Xlog:class+load:file=$work/classes" OTEL_EXPORTER_OTLP_ENDPOINT=x
export JCTL_JAVA_OPTIONS OTEL_EXPORTER_OTLP_ENDPOINT
start_agent
check_output "a variable meant for others turns them off" "traces are off: .*'x'" cat "$work/agent.log"
unset JCTL_JAVA_OPTIONS OTEL_EXPORTER_OTLP_ENDPOINT
"$jctl" run --rm --network none host true
check "and nothing of OpenTelemetry is loaded" sh -c \
    "grep -q runtime.node.Node '$work/classes' && ! grep -q io.opentelemetry '$work/classes'"
finish
