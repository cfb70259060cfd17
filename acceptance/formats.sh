#!/bin/sh
# --filter and --format of every list and inspection, as docker documents them.
# (What stands in single quotes is for the container's shell or jctl's templates.)
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "filters and formats" "needs root"
    finish
    exit 0
fi
start_agent
check_exit "an unknown filter is refused though there is nothing to list" 1 "$jctl" ps --filter colour=red
cp "$work/output" "$work/refusal"
check_output "with those there are" "unknown filter 'colour'; there are id, name, label, status, .*publish, expose" \
    cat "$work/refusal"
for list in "images" "volume ls" "network ls" "device ls" "system prune -f" "image prune -f" "volume prune -f" \
        "network prune -f" "container prune -f" "events --since 1s --until 0s"; do
    # Words by design.
    # shellcheck disable=SC2086
    "$jctl" $list --filter colour=red > "$work/refusal" 2>&1
    check_output "$list refuses an unknown filter and names the known" 'colour.*(there are|, expected)|filter .colour' \
        cat "$work/refusal"
done

check "a network is made" "$jctl" network create --label tier=net --subnet 10.231.9.0/24 wide
check "a container with labels and ports" "$jctl" run -d --name web --network wide -p 127.0.0.1::80 -p 127.0.0.1:0:90/udp \
    --expose 70 --label tier=front --label com.example.my-app=shop -v data:/data host sleep 1d
"$jctl" create --name web2 --network none --label tier=front host true >/dev/null

# ---- ps
one() { check_output "ps --filter $1" "^$2\$" sh -c "'$jctl' ps -a --filter '$1' --format '{{.Names}}' | xargs echo"; }
one name=web 'web2 web'
one 'name=^web$' web
one 'name=^/web$' web
one status=created web2
one ancestor=host 'web2 web'
one ancestor=host:latest 'web2 web'
one network=wide web
one volume=data web
one expose=80 web
one expose=70/tcp web
one expose=85-95/udp web
one expose=71 ''
one since=web web2
one before=web2 web
one health=none 'web2 web'
one is-task=false 'web2 web'
port=$("$jctl" port web 80/tcp | sed 's/.*://')
one "publish=$port" web
one "publish=$port/udp" ''
check_output "labels must all be there" '^web$' \
    "$jctl" ps -a --filter label=tier=front --filter label=com.example.my-app --format '{{.Names}}'
check_exit "a status nobody knows is refused" 1 "$jctl" ps --filter status=odd
check_exit "ports that are none, too" 1 "$jctl" ps --filter publish=http
check_output "one label" '^front shop$' "$jctl" ps --format '{{.Label "tier"}} {{.Label "com.example.my-app"}}'
check_output "in a table" '^NAMES +my app +CREATED AT$' \
    "$jctl" ps --format 'table {{.Names}}\t{{.Label "com.example.my-app"}}\t{{.CreatedAt}}'
check_output "functions" '^WEB web Web we web,1 running$' "$jctl" ps --filter name=^web$ \
    --format '{{upper .Names}} {{lower .Names}} {{title .Names}} {{truncate .Names 2}} {{join (split "web:1" ":") ","}} {{.State}}'
check_output "conditions" '^web up$' \
    "$jctl" ps --filter name=^web$ --format '{{if eq .State "running"}}{{.Names}} up{{else}}down{{end}}'
check_output "JSON for programs" '^\{"ID":"[0-9a-f]{12}","Names":"web",.*"Labels":"' \
    "$jctl" ps --filter name=^web$ --format json
check_output "which holds no more than data" '^0$' sh -c "'$jctl' ps --format json | grep -c '\"Label\":'; :"
check_output "json of a row" '^\{.*"Names":"web"' "$jctl" ps --filter name=^web$ --format '{{json .}}'

# ---- docker's own examples for inspect
check_output "the address in every network" '^10\.231\.9\.2$' \
    "$jctl" inspect --format='{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' web
check_output "one port" "^$port\$" \
    "$jctl" inspect --format='{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}' web
check_output "all bindings" " 80/tcp -> $port " "$jctl" inspect \
    --format='{{range $p, $conf := .NetworkSettings.Ports}}{{with $conf}} {{$p}} -> {{(index . 0).HostPort}} {{end}}{{end}}' web
check_output "a part as JSON" '^\{"com.example.my-app":"shop","tier":"front"\}$|"tier":"front"' \
    "$jctl" inspect --format='{{json .Config.Labels}}' web
check_output "a label with dots" '^shop$' "$jctl" inspect -f '{{index .Config.Labels "com.example.my-app"}}' web
check_output "no health" '^none$' \
    "$jctl" inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' web
check_output "printf" '^web     \| running$' "$jctl" inspect -f '{{printf "%-8s| %s" (slice .Name 1) .State.Status}}' web
check_output "inspect finds volumes" '/data$' "$jctl" inspect -f '{{.Mountpoint}}' data
check_output "by their kind, too" '"Name": "data"' "$jctl" inspect --type volume data

# ---- other lists
check_output "network ls" '^wide bridge local false net$' \
    "$jctl" network ls --filter type=custom --format '{{.Name}} {{.Driver}} {{.Scope}} {{.Internal}} {{.Label "tier"}}'
check_output "network inspect" '^10\.231\.9\.0/24$' \
    "$jctl" network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' wide
check_output "volume ls" '^data local local$' \
    "$jctl" volume ls --filter name=^data$ --filter dangling=false --format '{{.Name}} {{.Driver}} {{.Scope}}'
check_output "volume ls of those nobody uses" '^0$' sh -c "'$jctl' volume ls -q --filter dangling=true | wc -l"
check_output "images" '^host latest [0-9a-f]{12} .*B$' \
    "$jctl" images --filter reference='ho*' --format '{{.Repository}} {{.Tag}} {{.ID}} {{.Size}}'
check_output "images made before an hour ago" '^0$' sh -c "'$jctl' images -q --filter reference=host --filter until=1h | wc -l"
check_output "image inspect" '^linux/' "$jctl" image inspect -f '{{.Os}}/{{.Architecture}}' host
check_output "history" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z [0-9]+$|^N/A [0-9]+$' \
    "$jctl" history --human=false --format '{{.CreatedAt}} {{.Size}}' host
check_output "events" '^container start web wide-or-none$' sh -c "'$jctl' events --since 10m --until 0s \
    --filter type=container --filter event=start --filter label=tier=front \
    --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{if .Actor.Attributes.gone}}{{else}}wide-or-none{{end}}'"
check_output "stats" '^web [0-9.]+%$' "$jctl" stats --no-stream --format '{{.Name}} {{.CPUPerc}}' web
check_output "top" '"CMD":"sleep 1d"' "$jctl" top --format json web
check_output "system df" '^Containers 2 1$' "$jctl" system df --format '{{.Type}} {{.TotalCount}} {{.Active}}'
check_output "system df in full" '^data 1;$' \
    "$jctl" system df -v --format '{{range .Volumes}}{{.Name}} {{.Links}};{{end}}'
check_output "what docker's lists say of each, too" '^web2 created none 0 web running wide 1 local /.*/data host linux$' sh -c "'$jctl' \
    system df -v --format '{{range .Containers}}{{.Names}} {{.State}} {{.Networks}} {{.LocalVolumes}} {{end}}\
{{range .Volumes}}{{.Driver}} {{.Mountpoint}}{{end}} {{range .Images}}{{.Repository}} {{slice .Platform 0 5}}{{end}}'"
check_output "info" '^1 [12] linux cgroupfs json-file$' \
    "$jctl" info -f '{{.ContainersRunning}} {{.CgroupVersion}} {{.OSType}} {{.CgroupDriver}} {{.LoggingDriver}}'
check_output "info of the host" '^[0-9a-f-]{36} (true|false) (true|false) (true|false) (true|false) 20[0-9-]+T[0-9:.]+Z json-file' \
    "$jctl" info -f '{{.ID}} {{.MemoryLimit}} {{.SwapLimit}} {{.PidsLimit}} {{.OomKillDisable}} {{.SystemTime}} {{join .Plugins.Log ","}}'
check_output "the identity stays" '^1$' sh -c "{ '$jctl' info -f '{{.ID}}'; '$jctl' info -f '{{.ID}}'; } | uniq | wc -l"
check_output "a runtime that is not there" '^jctl none inactive false$' "$jctl" info \
    -f '{{.DefaultRuntime}} {{if .Runtimes.nvidia}}nvidia{{else}}none{{end}} {{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}'
check_output "info as JSON is one line" '^\{"ServerVersion":.*\}$' "$jctl" info --format json
check_output "version" '^[^ ]+ linux (amd64|arm64)$' \
    "$jctl" version --format '{{.Server.Version}} {{.Server.Os}} {{.Client.Arch}}'
check_output "version of all parts" '^1 default linux 1 1 [^ ]+ Engine$' "$jctl" version --format \
    '{{.Client.APIVersion}} {{.Client.Context}} {{.Client.Os}} {{with .Server}}{{.APIVersion}} {{.MinAPIVersion}} {{.KernelVersion}} {{range .Components}}{{.Name}}{{end}}{{end}}'
check_output "what jctl has no answer for is said" 'no field GoVersion; there are \[Version' sh -c \
    "'$jctl' version --format '{{.Server.GoVersion}}' 2>&1; :"
check_output "version as JSON" '^\{"Client":\{.*"Server":\{' "$jctl" version --format json
check_output "contexts" '^there unix:///x.sock$' sh -c "HOME='$work' JCTL_CONFIG= '$jctl' context create there \
    --host unix:///x.sock >/dev/null && HOME='$work' '$jctl' context inspect -f '{{.Name}} {{.Endpoints.docker.Host}}' there"
check_exit "a field that is not there is an error" 1 "$jctl" ps -a --format '{{.Nonsense}}'
check_exit "so is a function" 1 "$jctl" ps --format '{{nonsense .Names}}'
"$jctl" rm -f web web2 >/dev/null
check "the network is removed" "$jctl" network rm wide
finish
