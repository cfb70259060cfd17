#!/bin/sh
# Stacks and Compose projects, as an operator has them: deployed, changed, listed, removed, on the cluster of one.
# A $ in single quotes is the Compose file's own, or that of a shell in a container.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "stacks" "needs root"
    finish
    exit 0
fi
start_agent
mkdir "$work/shop"
cd "$work/shop" || exit 1
check "an image of the host's programs" "$jctl" image from-host sh sleep cat echo touch test true getent perl

leave() {
    "$jctl" stack rm shop shop2 > /dev/null 2>&1
    "$jctl" down -v > /dev/null 2>&1
    clean_up
}
trap leave EXIT

echo 'GREETING=from .env' > .env
printf hunter2 > key.txt
cat > compose.yaml <<'END'
services:
  web:
    image: host
    command: ["sh", "-c", "trap 'exit 0' TERM; touch /data/up; echo web says $GREETING; while :; do sleep 1 & wait $$!; done"]
    environment: {COLOUR: "${COLOUR:-blue}"}
    secrets: [key]
    configs: [{source: site, target: /etc/site.conf}]
    volumes: ["data:/data"]
    healthcheck: {test: "test -f /data/up", interval: 1s, retries: 30}
  back:
    image: host
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
    depends_on: {web: {condition: service_healthy}}
secrets:
  key: {file: key.txt}
configs:
  site: {content: "colour ${COLOUR:-blue}"}
volumes:
  data: {}
END

inside() {
    container=$("$jctl" ps -q --filter "label=jctl.service.name=$1" | head -n 1)
    shift
    "$jctl" exec "$container" "$@"
}
of() {
    "$jctl" ps -q --no-trunc --filter "label=jctl.service.name=$1"
}

check_output "the normal form is printed" '^ *COLOUR: red$' env COLOUR=red "$jctl" stack config -c compose.yaml
check_output "a stack is deployed" '^Creating service shop_web$' "$jctl" stack deploy -c compose.yaml shop
check_output "with its secret" '^hunter2$' inside shop_web cat /run/secrets/key
check_output "with its config" '^colour blue$' inside shop_web cat /etc/site.conf
check_output "with its environment" '^blue$' inside shop_web sh -c 'echo $COLOUR'
check_output "with a variable of .env" '^web says from \.env$' "$jctl" logs "$(of shop_web)"
check_output "with its volume" '^shop_data$' "$jctl" volume ls -q
check_output "with its network" '^shop_default$' "$jctl" network ls --format '{{.Name}}'
check_output "services find each other by name" ' web' inside shop_back getent hosts web
check_output "stack ls shows it" '^shop +2$' "$jctl" stack ls
check_output "stack services shows its services" 'shop_web +replicated +1/1 +host' "$jctl" stack services shop
check_output "stack ps shows its tasks" 'shop_back\.1 +host .*Running' "$jctl" stack ps shop
check_output "only what is asked for" '^shop_back$' "$jctl" stack services --format '{{.Name}}' -f name=shop_back shop
check_output "nothing is said of another" '^Nothing found in stack: none$' "$jctl" stack services none
check_exit "stack ps of another fails" 1 "$jctl" stack ps none

web=$(of shop_web)
back=$(of shop_back)
check_output "the same again changes nothing" '^Service shop_web is unchanged$' "$jctl" stack deploy -c compose.yaml shop
check "no container is another" test "$web $back" = "$(of shop_web) $(of shop_back)"
sed -i 's/COLOUR: "[^"]*"/COLOUR: green/' compose.yaml
check_output "a change updates its service" '^Updating service shop_web' "$jctl" stack deploy -c compose.yaml shop
check_output "which has it" '^green$' inside shop_web sh -c 'echo $COLOUR'
check "in another container" test "$web" != "$(of shop_web)"
check "the other service is left alone" test "$back" = "$(of shop_back)"

printf other > key.txt
check_exit "a secret does not change" 1 "$jctl" stack deploy -c compose.yaml shop
check_output "and what to do is said" 'secret shop_key is in the cluster with another content.*give it another name' \
    sh -c "'$jctl' stack deploy -c compose.yaml shop 2>&1 || true"
sed -i 's/key: {file: key.txt}/key: {file: key.txt, name: shop_key_2}/' compose.yaml
check "under another name it does" "$jctl" stack deploy -c compose.yaml shop
check_output "and is found in the container" '^other$' inside shop_web cat /run/secrets/key

cat > less.yaml <<'END'
services:
  back:
    image: host
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
END
check_output "a service that is no more in the file goes" '^Removing service shop_web$' \
    "$jctl" stack deploy --prune -c less.yaml shop
check_output "a file may come by standard input" '^Service shop_back is unchanged$' \
    sh -c "'$jctl' stack deploy -c - shop < less.yaml"

# What is wrong.
cat > bad.yaml <<'END'
services:
  web:
    image: host
    mem_limit: much
    prots: ["80:80"]
  api:
    network: front
END
"$jctl" stack deploy -c bad.yaml shop2 > "$work/bad" 2>&1
check_output "every problem is told" 'bad.yaml:4:16: services.web.mem_limit' cat "$work/bad"
check_output "with its place" 'bad.yaml:5:5: services.web.prots: unknown key, did you mean "ports"' cat "$work/bad"
check_output "all of them at once" 'services.api' cat "$work/bad"
check_output "nothing was deployed" '^Nothing found' "$jctl" stack services shop2
{
    echo 'x-a: &a [x, x, x, x, x, x, x, x, x, x]'
    last=a
    for next in b c d e f g h i; do
        echo "x-$next: &$next [*$last, *$last, *$last, *$last, *$last, *$last, *$last, *$last, *$last]"
        last=$next
    done
    echo 'services: {web: {image: host, command: *i}}'
} > bomb.yaml
check_exit "an alias bomb is refused" 1 timeout 60 "$jctl" stack deploy -c bomb.yaml shop2
check_exit "a missing file is refused" 1 "$jctl" stack deploy -c none.yaml shop2
printf 'services: {web: {image: host, env_file: /dev/zero}}\n' > zero.yaml
check_exit "a file without end is not read" 1 timeout 60 "$jctl" stack config -c zero.yaml -p x

# A port of several tasks is the node's, and leads to all of them.
cat > ingress.yaml <<'END'
services:
  web:
    image: host
    command: ["perl", "-e", "socket(S,2,1,6) && setsockopt(S,1,2,1) && bind(S,pack('S n x12',2,80)) && listen(S,9) or die; while (accept(C,S)) { syswrite(C, $$ENV{NAME}); close C }"]
    environment: {NAME: "{{.Task.Name}}"}
    stop_grace_period: 0s
    deploy: {replicas: 2}
    ports: ["18080:80"]
END
answers() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
        perl -e 'socket(S,2,1,6); alarm 2; connect(S,pack("S n C4 x8",2,18080,127,0,0,1)) or die "refused";
            sysread(S,$b,99); print $b =~ /^(\S+?\.\d+)\b/, "\n"' 2>&1
    done | sort -u | tr '\n' ' '
}
check_output "a port of several tasks is deployed" '^Creating service shop2_web$' \
    "$jctl" stack deploy -c ingress.yaml shop2
check "and leads to each of them" until_says 'shop2_web.1 shop2_web.2 ' answers
check_output "as the list says" '18080->80/tcp' "$jctl" service ls
check_output "it goes with its stack" '^Removing service shop2_web$' "$jctl" stack rm shop2
check "its network, too" sh -c "! '$jctl' network ls --format '{{.Name}}' | grep shop2"
# Who may talk to whom follows the file.
cat > policy.yaml <<'END'
services:
  web: {image: host, command: [sleep, "1000000"], stop_grace_period: 0s, networks: [back]}
  db: {image: host, command: [sleep, "1000000"], stop_grace_period: 0s, networks: [back]}
networks:
  back: {x-jctl: {default_deny: true, rules: ["allow web to db:5432", "deny tier=front to *"]}}
END
check_output "a network that says who may talk to whom" '^Creating network shop2_back$' "$jctl" stack deploy -c policy.yaml shop2
check_output "has its rules, with the services' names" '"jctl.policy.rule.1": "allow shop2_web to shop2_db:5432"' \
    "$jctl" network inspect shop2_back
sed -i 's/5432", /5432-5433", /' policy.yaml
check_output "others of the same file" '^Updating network shop2_back$' "$jctl" stack deploy -c policy.yaml shop2
check_output "take their place" '"jctl.policy.rule.1": "allow shop2_web to shop2_db:5432-5433"' "$jctl" network inspect shop2_back
check_output "the same once more change nothing" '^Updating service shop2_db' "$jctl" stack deploy -c policy.yaml shop2
check "they go" "$jctl" stack rm shop2
# The network of such ports stays until somebody removes it.
check "so does that of published ports" "$jctl" network rm ingress
no_links() {
    ! ip -o link | grep -q -e ' jx' && ! "$jctl" network ls --format '{{.Driver}}' | grep overlay
}
check "with its links" until_ok 20 no_links

check_output "the stack is removed" '^Removing network shop_default$' "$jctl" stack rm shop
check_output "it is gone" '^Nothing found in stack: shop$' "$jctl" stack services shop
check "its network too" sh -c "! '$jctl' network ls --format '{{.Name}}' | grep shop"
check "its secrets too" sh -c "! '$jctl' secret ls -q | grep shop"
check_output "its volume stays" '^shop_data$' "$jctl" volume ls -q

# A project.
check_output "up starts a project named after its folder" '^Creating service shop_back$' "$jctl" up -d
check_output "which runs" 'Running' "$jctl" stack ps shop
check_output "down ends it" '^Removing service shop_web$' "$jctl" down -v
check "with its volume" sh -c "! '$jctl' volume ls -q | grep shop_data"
check "and its network" sh -c "! '$jctl' network ls --format '{{.Name}}' | grep shop"

cat > once.yaml <<'END'
services:
  first:
    image: host
    command: [sh, -c, "echo one"]
  second:
    image: host
    command: [sh, -c, "echo two; sleep 2"]
    restart: "no"
    depends_on: {first: {condition: service_completed_successfully}}
END
check_exit "a plan of a file exits with 2 if something would change" 2 "$jctl" service plan --stack once once.yaml
check_output "and tells it" '^  \+ start once_second.1 on ' sh -c '"$0" service plan --stack once - < once.yaml || [ $? -eq 2 ]' "$jctl"
check_exit "options after the file are refused" 1 "$jctl" service plan once.yaml --stack once
check_exit "a broken file is" 1 "$jctl" service plan absent.yaml
"$jctl" up -f once.yaml -p once > "$work/once" 2>&1
check_output "attached, it prints logs" '^first   \| one$' cat "$work/once"
check_output "of each container" '^second  \| two$' cat "$work/once"
check "in the order of their dependencies" sh -c "grep '| ' '$work/once' | head -n 1 | grep -q one"
check "down" "$jctl" down -p once
"$jctl" service create -d --stop-grace-period 0s --name says host sh -c 'echo here; sleep 1000' > "$work/output" 2>&1
timeout 120 "$jctl" service logs -f says > "$work/says" 2>&1 &
follower=$!
check "a log is followed" until_ok 30 grep -q 'says.1.*| here' "$work/says"
"$jctl" service scale -d says=2 > "$work/output" 2>&1
check "also of tasks that come later" until_ok 30 grep -q 'says.2.*| here' "$work/says"
"$jctl" service rm says > "$work/output" 2>&1
check "until the service is removed" wait $follower
printf 'services:\n  bad: {image: host, command: [sh, -c, "exit 3"], restart: "no"}\n  web: {image: host, depends_on: {bad: {condition: service_completed_successfully}}}\n' > fails.yaml
check_exit "what can never start is told" 1 timeout 60 "$jctl" up -d -f fails.yaml -p fails
check "down again" "$jctl" down -p fails

"$jctl" up > "$work/up" 2>&1 &
up=$!
check "attached, it goes on" until_ok 60 grep -q 'web   *| web says' "$work/up"
# As Ctrl-C does; a shell's background job ignores that one.
kill -TERM $up
wait $up
check_output "its end stops what it started" '^Stopping service shop_web$' cat "$work/up"
check "nothing runs" test -z "$("$jctl" ps -q)"
check "down a last time" "$jctl" down -v
check "no stack is left" test -z "$("$jctl" stack ls -q)"
check "no secret is left" test -z "$("$jctl" secret ls -q)"
check "no config is left" test -z "$("$jctl" config ls -q)"
check "no volume is left" test -z "$("$jctl" volume ls -q)"
finish
