#!/bin/sh
# A Debian root file system, as tar and as `docker save` archive, and the servers people run on it.
# What a container is to expand stands in single quotes.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "Debian in containers" "needs root"
    finish
    exit 0
fi
if ! command -v debootstrap >/dev/null; then
    skip "Debian in containers" "needs the program debootstrap"
    finish
    exit 0
fi

# The root file system is kept between runs: it does not depend on the sources.
cache=${XDG_CACHE_HOME:-/var/cache}/jctl-test
debian=$cache/debian-bookworm.tar
if ! [ -f "$debian" ]; then
    mkdir -p "$cache"
    if ! debootstrap --variant=minbase \
            --include=postgresql,nginx-light,perl,procps,iproute2 \
            bookworm "$work/debian" > "$work/debootstrap.log" 2>&1; then
        skip "Debian in containers" "debootstrap failed: $(tail -n 1 "$work/debootstrap.log")"
        finish
        exit 0
    fi
    tar -C "$work/debian" -cf "$debian.new" . && mv "$debian.new" "$debian"
    rm -rf --one-file-system "$work/debian"
fi

# What `docker save` wrote before version 25: a folder for the layer, a config, manifest.json.
docker_save() {
    mkdir -p "$work/save/layer"
    cp "$debian" "$work/save/layer/layer.tar"
    diff=$(sha256sum < "$debian" | cut -d' ' -f1)
    printf '%s' '{"architecture":"'"$(dpkg --print-architecture)"'","os":"linux",' \
        '"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],' \
        '"Cmd":["bash"]},"rootfs":{"type":"layers","diff_ids":["sha256:'"$diff"'"]}}' \
        > "$work/save/config.json"
    config=$(sha256sum < "$work/save/config.json" | cut -d' ' -f1).json
    mv "$work/save/config.json" "$work/save/$config"
    printf '[{"Config":"%s","RepoTags":["saved:1"],"Layers":["layer/layer.tar"]}]' "$config" \
        > "$work/save/manifest.json"
    tar -C "$work/save" -cf "$work/saved.tar" manifest.json "$config" layer/layer.tar
    rm -rf "$work/save"
}

address() {
    "$jctl" inspect --format '{{.NetworkSettings.IPAddress}}' "$1"
}

start_agent
check "imports a Debian root file system" "$jctl" import "$debian" debian:12
docker_save
check "loads a docker save archive" "$jctl" load -i "$work/saved.tar"
rm -f "$work/saved.tar"

for image in debian:12 saved:1; do
    check_output "$image runs apt" '^apt 2' "$jctl" run --rm --network none "$image" apt --version
    check_output "$image runs perl" '^42$' "$jctl" run --rm --network none "$image" perl -e 'print 6*7, "\n"'
    check_output "$image has an interactive shell" 'size 24 80 tty' sh -c "
        (sleep 2; echo 'stty rows 24 cols 80; echo size \$(stty size) \$(test -t 0 && echo tty); exit') |
            TERM=dumb script -qec '$jctl run --rm -it --network none $image bash' /dev/null"
done

check "nginx starts" "$jctl" run -d --name web debian:12 nginx -g 'daemon off;'
web=$(address web)
check "nginx answers the host" until_ok 20 curl -sf "http://$web/"
if command -v wrk >/dev/null; then
    check_output "nginx serves wrk without an error" 'Requests/sec' wrk -t1 -c8 -d2s "http://$web/"
    cp "$work/output" "$work/wrk"
    check_exit "no request failed" 1 grep -E 'Socket errors|Non-2xx' "$work/wrk"
else
    skip "nginx serves wrk without an error" "needs the program wrk"
fi
check_output "nginx's log is kept" 'GET / HTTP' sh -c \
    "'$jctl' exec web sh -c 'cat /var/log/nginx/access.log' | head -n 1"

check "PostgreSQL starts" "$jctl" run -d --name db --user postgres -e PGDATA=/var/lib/postgresql/test \
    debian:12 bash -c '
        PATH=$PATH:/usr/lib/postgresql/15/bin
        initdb -A trust -U postgres > /dev/null
        echo "host all all 0.0.0.0/0 trust" >> $PGDATA/pg_hba.conf
        exec postgres -h "*" -k /tmp'
db=$(address db)
check "PostgreSQL answers inside" until_ok 60 "$jctl" exec db /usr/lib/postgresql/15/bin/pg_isready -h 127.0.0.1 -U postgres
pgbench=$(find /usr/lib/postgresql -name pgbench 2>/dev/null | head -n 1)
if [ -n "$pgbench" ]; then
    check "pgbench of the host fills it" "$pgbench" -i -s 2 -q -h "$db" -U postgres postgres
    check_output "pgbench of the host runs against it" '^tps = ' "$pgbench" -c 4 -T 3 -h "$db" -U postgres postgres
    cp "$work/output" "$work/pgbench"
    check_output "and no transaction failed" 'failed transactions: 0 ' cat "$work/pgbench"
else
    skip "pgbench of the host runs against it" "needs pgbench (package postgresql)"
fi
check_output "a transaction is there after a restart" '^ *[1-9]' sh -c "
    '$jctl' stop -t 20 db >/dev/null && '$jctl' start db >/dev/null && sleep 3 &&
    '$jctl' exec db /usr/lib/postgresql/15/bin/psql -h 127.0.0.1 -U postgres -tc 'select count(*) from pgbench_history' postgres"
check "both are removed" "$jctl" rm -f web db
finish
