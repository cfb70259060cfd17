#!/bin/sh
# Every command of README.md and of the pages under docs/: each line of a block marked `sh`, as it
# stands there, from the checkout. A line with -it gets a terminal at which someone types exit.
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "the commands of the pages" "needs root"
    finish
    exit 0
fi
# A machine without sudo is root's own.
command -v sudo >/dev/null || {
    mkdir "$work/bin" && printf '#!/bin/sh\nexec "$@"\n' > "$work/bin/sudo" &&
        chmod 755 "$work/bin/sudo"
    PATH=$work/bin:$PATH
}
# What the cluster's commands open stays on this machine.
start_agent --cluster-addr 127.0.0.1:$((20000 + $$ % 20000))
cd "$root" || exit 1

# commands PAGE: the lines of its sh blocks, continued lines joined.
commands() {
    awk '/^ *```/ { inside = ($0 ~ /```sh *$/); next }
        inside && !/^ *(#|$)/ { line = line $0
            if (sub(/\\$/, "", line)) next
            print line; line = "" }' "$1"
}

at_terminal() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 2; echo exit; done | script -qec "$1" /dev/null
}

for page in README.md docs/*.md; do
    case $page in
    docs/OPERATIONS.md) continue ;; # on three machines: operations.sh runs its commands
    esac
    commands "$page" > "$work/commands"
    while IFS= read -r line <&3; do
        name=$page:\ ${line%%  #*}
        case $line in
        *'./test'* | *bench/run*) continue ;; # this very run, or a quarter of an hour
        *' -it '*) check "$name" at_terminal "$line" ;;
        *) check "$name" sh -c "$line" < /dev/null ;;
        esac
    done 3< "$work/commands"
done
finish
