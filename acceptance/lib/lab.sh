# For scripts on virtual hosts, after lib/cases.sh: a lab of this script's own, taken away when it ends.
# shellcheck shell=sh

# in_lab WHAT LETTER PROGRAM…: ends the script with a skip unless it can be. $lab, the lab's name, begins with the letter.
in_lab() {
    what=$1
    lab=$2$(($$ % 100000))
    shift 2
    missing=
    for program in ip nft unshare nsenter setsid "$@"; do
        command -v "$program" > /dev/null || missing="$missing $program"
    done
    if [ "$(id -u)" -ne 0 ] || [ -n "$missing" ]; then
        skip "$what" "needs root and the programs ip, nft, unshare, nsenter, setsid $*"
        finish
        exit 0
    fi
    trap no_lab EXIT
}
# cluster COMMAND WORD…: of `jctl lab cluster`, for this lab. A socket's path has few bytes, so the folder is short.
cluster() {
    command=$1
    shift
    "$jctl" lab cluster "$command" --base "$work" --name "$lab" "$@"
}
# on NODE WORD…: a jctl command to that host's agent
on() {
    node=$1
    shift
    JCTL_HOST=unix://$work/$lab/node$node/run/jctl.sock "$jctl" "$@"
}
no_lab() {
    "$jctl" lab cluster rm --base "$work" "$lab" > /dev/null 2>&1
    clean_up
}
