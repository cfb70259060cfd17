#!/bin/sh
# A registry that asks for a password, and a cluster of three of which nobody logged in but one user at one manager: the
# login travels with the service to the nodes that run it, sealed wherever it is kept, and goes nowhere without being asked.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "logins for registries" r openssl python3 awk
registry=
trusted=
no_credentials() {
    [ -z "$registry" ] || kill "$registry"
    if [ -n "$trusted" ]; then
        rm -rf "$trusted"
        # Only folders that were made for this are empty.
        rmdir /etc/docker/certs.d /etc/docker 2> /dev/null
    fi
    no_lab
}
trap no_credentials EXIT
# The user's own file; agents do not see it.
JCTL_CONFIG=$work/config
export JCTL_CONFIG
steady='trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'
first='S3same-pass%word-1'
second='S3same-pass%word-2'

# ---- a cluster of three managers, and a registry on the machine that they stand on ----

check "a lab of three is made" "$jctl" lab cluster create --base "$work" --name "$lab" --nodes 3
check "the first command founds a cluster" on 1 cluster token create --role manager
token=$(on 1 cluster token create --role manager | grep -o 'JCTL-[^ ]*')
ready() {
    [ "$(on 1 node ls --format '{{.Status}}' | grep -c Ready)" -eq 3 ]
}
for node in 2 3; do
    check "node$node stops being alone" cluster stop node$node
    check "node$node joins as a manager" cluster start node$node --agent-option --join --agent-option '{first}:2377' \
        --agent-option --token --agent-option "$token"
done
check "three are ready" until_ok 30 ready
gateway=$(cluster exec node1 getent hosts gateway | awk '{ print $1 }')
check "an image is made" on 1 image from-host -t tiny:1 sh sleep
check "and saved as a layout" on 1 save --format oci -o "$work/tiny.tar" tiny:1
check "which is unpacked" sh -c 'mkdir "$1/image" && tar xf "$1/tiny.tar" -C "$1/image"' sh "$work"
check "the registry has a certificate" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=locked -addext "subjectAltName=IP:$gateway" -keyout "$work/key.pem" -out "$work/certificate.pem"
cat "$work/certificate.pem" "$work/key.pem" > "$work/tls.pem"
echo "me:$first" > "$work/login"
python3 "$root/acceptance/hostile/locked_registry.py" "$work" "$gateway" > "$work/registry.log" 2>&1 &
registry=$!
check "it listens" until_ok 20 test -s "$work/port"
server=$gateway:$(cat "$work/port")
trusted=/etc/docker/certs.d/$server
mkdir -p "$trusted"
cp "$work/certificate.pem" "$trusted/ca.crt"
image=$server/team/tiny:1

# asked STATUS: from how many addresses there were requests with that answer since the last forget.
asked() {
    awk -v status="$1" '$1 == status { print $2 }' "$work/asked" 2> /dev/null | sort -u | wc -l
}
forget() {
    rm -f "$work/asked"
    for each in 1 2 3; do
        on $each image rm -f "$image"
    done
}
# nodes SERVICE: on how many nodes tasks of it run
nodes() {
    on 2 service ps --filter desired-state=running --format '{{.Node}} {{.CurrentState}}' "$1" |
        awk '$2 == "Running" { print $1 }' | sort -u | wc -l
}
run_on() {
    [ "$(nodes "$1")" -eq "$2" ]
}

# ---- with the login, and without ----

check_exit "no node has it unasked" 125 on 2 run --rm "$image" true
check "a user logs in at one manager" sh -c 'echo "$3" | JCTL_HOST=unix://$1/run/jctl.sock "$0" login -u me \
    --password-stdin "$2"' "$jctl" "$work/$lab/node1" "$server" "$first"
forget > /dev/null 2>&1
check "a service takes the login along" on 1 service create --name web --mode global --with-registry-auth \
    --restart-delay 200ms "$image" sh -c "$steady"
check "it runs on all three" until_ok 30 run_on web 3
check "each of which fetched the image itself" test "$(asked 200)" -eq 3
check_exit "but none keeps the login for others" 125 env JCTL_CONFIG="$work/none" \
    JCTL_HOST="unix://$work/$lab/node3/run/jctl.sock" "$jctl" run --rm --pull always "$image" true

forget > /dev/null 2>&1
check "another service does not take it along" on 1 service create -d --name bare --restart-max-attempts 1 \
    --restart-delay 200ms --constraint "node.hostname==$lab-node2" --pull always "$image" sh -c "$steady"
said_why() {
    on 3 why bare | grep -q 'rejected.*unauthorized\|rejected.*log in\|rejected.*login'
}
check "it is rejected for that reason" until_ok 30 said_why
check_output "which is said with what to do" 'jctl login' on 3 why bare
check_output "also with what takes it along" "--with-registry-auth" on 3 why bare
check "nothing of it runs" run_on bare 0
check "the service is changed to take it along" on 1 service update -d --with-registry-auth bare
check "now it runs" until_ok 30 run_on bare 1

# ---- another password ----

echo "me:$second" > "$work/login"
check "of the service of before, tasks go on" run_on web 3
forget > /dev/null 2>&1
on 1 service update -d --force --pull always web > /dev/null 2>&1
why_web() {
    on 2 why web | grep -q 'rejected'
}
check "with the old password new ones are refused" until_ok 30 why_web
check "the user logs in again" sh -c 'echo "$3" | JCTL_HOST=unix://$1/run/jctl.sock "$0" login -u me \
    --password-stdin "$2"' "$jctl" "$work/$lab/node1" "$server" "$second"
check "the service gets the new one" on 1 service update --with-registry-auth web
check "and runs on all three" until_ok 60 run_on web 3
before=$(on 1 service ps -q web | sort)
check "the same login again" on 1 service update --with-registry-auth web
check "changes no task" test "$(on 1 service ps -q web | sort)" = "$before"

# ---- a node that starts again fetches with it ----

check "node3 is turned off" cluster power-off node3
check "and on" cluster power-on node3
check "all three run again" until_ok 60 run_on web 3
check "its image is removed" sh -c 'JCTL_HOST=unix://$1/run/jctl.sock "$0" image rm -f "$2"' \
    "$jctl" "$work/$lab/node3" "$image"
rm -f "$work/asked"
check "its tasks are made again" on 1 service update --force web
check "and run on all three" until_ok 60 run_on web 3
node3=$(cluster exec node1 getent hosts node3 | awk '{ print $1 }')
check "node3 fetched the image itself" grep -q "^200 $node3 " "$work/asked"

# ---- where the password is ----

# In clear, in base64 as a header and a config.json have it (all three alignments), of all files of all hosts.
in_clear() {
    for secret in "$first" "$second"; do
        grep -rlaF -e "$secret" "$work/$lab" && return 0
        for pad in '' x xx; do
            middle=$(printf '%s%s' "$pad" "$secret" | base64 -w 0 | cut -c 5-24)
            grep -rlaF -e "$middle" "$work/$lab" && return 0
        done
    done
    return 1
}
check "what goes into the log can be found in it" grep -rqaF -e "team/tiny:1" "$work/$lab/node2/data/cluster"
check_exit "no file of any node has the password" 1 in_clear
shown() {
    on 1 service inspect web
    on 2 service inspect --format '{{json .}}' bare
    on 2 cluster log
    for each in 1 2 3; do on $each cluster audit; done
}
check_output "who made the service is in the audit log" 'CreateService' shown
shows_password() {
    shown | grep -F -e "$first" -e "$second"
}
check_exit "nor does a service's spec, the log or the audit log show it" 1 shows_password
check "services are removed" on 1 service rm web bare
finish
