#!/bin/sh
# Who did what is written down and cannot be changed unnoticed; what happens is told; what is counted is served.
# On one manager, which is a cluster of itself.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

for program in curl awk; do
    command -v $program > /dev/null || missing="${missing-} $program"
done
if [ "$(id -u)" -ne 0 ] || [ -n "${missing-}" ]; then
    skip "audit" "needs root and the programs curl and awk"
    finish
    exit 0
fi

port=$((20000 + $$ % 20000))
start_agent --cluster-addr "127.0.0.1:$port" --metrics-addr "127.0.0.1:$((port + 2))"
metrics() {
    curl -s "http://127.0.0.1:$((port + 2))/metrics"
}
# audited EXPECTED OPTION…: whether a line matches.
audited() {
    expected=$1
    shift
    "$jctl" cluster audit "$@" | grep -E -e "$expected"
}

check "before it is a cluster nothing is counted of one" sh -c '! curl -s "$0" | grep jctl_cluster_' \
    "http://127.0.0.1:$((port + 2))/metrics"
check "and there is no audit log" test ! -e "$work/data/audit"

check "it becomes a cluster" "$jctl" cluster status
echo hunter2 > "$work/password"
check "a secret is created" "$jctl" secret create password "$work/password"
check "a service is created" "$jctl" service create --detach --name web --env TOKEN=s3same host sleep 1d
check_exit "a second one of the name is refused" 1 "$jctl" service create --detach --name web host sleep 1d
check "the service is removed" "$jctl" service rm web

check "who created the service is known, and the entry that did it" \
    audited "local uid:0 \(pid:[0-9]+\): CreateService web \([a-z0-9]+\): done, entry [0-9]+$" --object web
check "and who was refused" audited 'CreateService web: already_exists' --user uid:0
check "and who created the secret" audited 'CreateFile secret/password: done' --since 10m
check "not what it is" sh -c '! grep -rE "hunter2|s3same" "$0"' "$work/data/audit"
check "nobody else did anything" sh -c '[ -z "$("$0" cluster audit --user mallory)" ]' "$jctl"
check "a line is a JSON object" sh -c '"$0" cluster audit --format json | awk "!/^\{.*\}\$/ { exit 1 }"' "$jctl"
check "only root reads the file" sh -c '[ "$(stat -c %a%u "$0"/*.jsonl)" = 6000 ]' "$work/data/audit"

# A call of gRPC without a message, by somebody without a certificate.
check_output "a stranger is refused" 'grpc-status: 16' curl -sk --http2 -D - -o /dev/null -X POST \
    -H 'content-type: application/grpc' -H 'te: trailers' --data-binary '' \
    "https://127.0.0.1:$port/jctl.cluster.v1.Cluster/ListFiles"
check "and that is written down" audited 'none - \(127\.0\.0\.1:[0-9]+\): ListFiles: unauthenticated'

check_output "the log is whole" ': whole; the last one is [0-9a-f]{64}$' "$jctl" cluster audit --verify
sed -i '2s/uid:0/uid:1/' "$work"/data/audit/*.jsonl
check_exit "a changed line is noticed" 1 "$jctl" cluster audit --verify
check_output "and named" '^line 3 does not hold on to the line before it: line 2 was changed' sh -c \
    '"$0" cluster audit --verify; true' "$jctl"
sed -i '2s/uid:1/uid:0/' "$work"/data/audit/*.jsonl
check "it is whole again" "$jctl" cluster audit --verify
sed -i '3d' "$work"/data/audit/*.jsonl
check_output "a removed line is noticed" '^line 3 is missing' sh -c '"$0" cluster audit --verify; true' "$jctl"

events() {
    "$jctl" events --since 10m --until 0s "$@"
}
check_output "events have the service" 'service create [a-z0-9]+ \(name=web\)' events --filter type=service
check_output "and the secret" 'secret create password' events --filter scope=swarm
check_output "and the task" 'task [a-z]+ .*name=web\.1.*service=web' events --filter service=web
check_output "in docker's form" '"scope":"swarm"' events --filter type=service --format json
check "local ones are apart" sh -c '! "$0" events --since 10m --until 0s --filter scope=local | grep -E " (service|task|secret) "' \
    "$jctl"

check_output "metrics say who leads" '^jctl_cluster_is_leader 1' metrics
check_output "how long a change takes" '^jctl_cluster_commit_seconds_bucket\{le="0\.5"\} [1-9]' metrics
check_output "what was decided" '^jctl_cluster_decisions_total\{kind="create_task"\} [1-9]' metrics
check_output "how long a node is silent" '^jctl_cluster_node_heartbeat_lag_seconds\{.*node="' metrics
check_output "and that no line was lost" '^jctl_cluster_audit_lost_lines_total 0' metrics
finish
