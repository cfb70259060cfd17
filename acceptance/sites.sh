#!/bin/sh
# Sites in virtual hosts: site a is lost by a power failure, and site c, which stood by with nothing, has all that a had;
# a comes back, and c has nothing again.
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/lab.sh"
in_lab "sites" s awk

# replicas COUNTS: of service web, as node1 knows, running and wanted.
replicas() {
    [ "$(on 1 service ls --format '{{.Name}} {{.Replicas}}' | sed -n 's/^web //p')" = "$1" ]
}
# in_site SITE COUNT: so many tasks of web are wanted and said to run there.
in_site() {
    [ "$(on 1 service ps --filter desired-state=running --filter "site=$1" --format '{{.CurrentState}}' web |
        grep -c '^Running')" -eq "$2" ]
}
# containers NODE: how many of web run there, as its agent says
containers() {
    on "$1" ps -q --filter label=jctl.service.name=web | wc -l
}
joined() {
    [ "$(on 1 node ls --format '{{.Status}} {{.Site}}' | sort | tr '\n' ' ')" = "$1" ]
}
steady='trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'

# b has the manager, so that a loss of a is one of workers alone.
check "a lab of three sites is made" cluster create --nodes 4 --sites b,a,c,a
check_output "its hosts know where they stand" 'node2.* a ' cluster ls -o wide
token=$(on 1 cluster token create --role worker | grep -o 'JCTL-[^ ]*')
for node in 2 3 4; do
    cluster stop node$node
    check "node$node joins" cluster start node$node --agent-option --join --agent-option '{first}:2377' \
        --agent-option --token --agent-option "$token"
done
check "all nodes say their sites" until_ok 60 joined "Ready a Ready a Ready b Ready c "
check_output "inspect shows a node's site" '^ Site: +b$' on 1 node inspect --pretty self
for node in 1 2 3 4; do
    on $node image from-host -t l:1 sh sleep > /dev/null
done

check_exit "a standby of a unique service is refused" 1 on 1 service create -d --name no --unique \
    --replicas-per-site 1 --site a --standby-site c l:1 sleep 1000
check_exit "a site cannot stand by for itself" 1 on 1 service create -d --name no --replicas-per-site 1 --site a \
    --standby-site a l:1 sleep 1000
check "a service of two sites with a standby runs" on 1 service create -q --name web --network none \
    --replicas-per-site 4 --site a --site b --standby-site c --site-failover-after 1s --site-failback-after 2s \
    --restart-delay 1s l:1 sh -c "$steady"
check "each site has its replicas" in_site a 4
check "and the other" in_site b 4
check "the standby has none" in_site c 0
check_output "tasks are named after their sites" '^web\.a\.4 a$' on 1 service ps --format '{{.Name}} {{.Site}}' web
check_output "the table shows sites" 'NODE +SITE +DESIRED STATE' on 1 service ps web
check_output "a constraint asks for the site" '^\+ .*node[24]' on 1 service plan --name p --network none \
    --constraint node.site==a l:1 sleep 1000

since=$(date +%s%3N)
check "site a loses its power" cluster power-off --site a
check "the standby has all of it" until_ok 60 in_site c 4
echo "# site a lost, its 4 replicas run in site c: $(($(date +%s%3N) - since)) ms (load $(cut -d ' ' -f 1 /proc/loadavg))"
check "in containers" [ "$(containers 3)" -eq 4 ]
check "the service is whole" until_ok 20 replicas 8/8
check_output "why says it" 'Site a is lost since .* \(2 nodes down\): site c scaled out 0 → 4 at ' on 1 why web
check_output "and of a task" 'made at .*: site a is lost since .* \(2 nodes down\)' on 1 why web.c.1
check_output "inspect has the loss" '^a covered 2 nodes down$' on 1 service inspect --format \
    '{{range .SiteLosses}}{{.Site}} {{.Phase}} {{.Reason}}{{end}}' web
check "it is scaled while a is lost" on 1 service scale -q web=5
check "in the standby, too" until_ok 20 in_site c 5

since=$(date +%s%3N)
check "site a has power again" cluster power-on --site a
check "and the standby comes to nothing" until_ok 90 in_site c 0
check "its replicas run again" until_ok 30 replicas 10/10
check "in the site itself" in_site a 5
echo "# power on to standby at zero again: $(($(date +%s%3N) - since)) ms"
check_output "why remembers" 'Site a was lost from .* to ' on 1 why web
check "a drained site is a lost one" on 1 node drain "$lab-node2" "$lab-node4"
check "at once" until_ok 30 in_site c 5
check "an operator's word about a site wins" on 1 node update --site elsewhere "$lab-node3"
check_output "over the agent's" '^elsewhere$' on 1 node ls --filter "name=$lab-node3" --format '{{.Site}}'
none_on() {
    [ "$(containers "$1")" -eq 0 ]
}
check "and its tasks leave" until_ok 30 none_on 3
check "the service goes" on 1 service rm web
finish
