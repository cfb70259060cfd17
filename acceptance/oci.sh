#!/bin/sh
# What the OCI runtime specification asks of a runtime, asked of any: sh acceptance/oci.sh [RUNTIME]
#
# The facts are those of the public suite of opencontainers/runtime-tools (folder validation), told in our
# own words in lib/oci_cases.py, so that jrun, crun and runc can be compared: ./jrun is the default.
. "$(dirname "$0")/lib/cases.sh"
. "$(dirname "$0")/lib/root.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "an OCI runtime" "not root: containers need it"
    finish
    exit 0
fi
runtime=$(command -v "${1-$root/jrun}") || { echo "not ok ${1-} is an OCI runtime: no such program"; exit 1; }
case $runtime in /*) ;; *) runtime=$PWD/$runtime ;; esac

# A root file system of the host's own programs.
bundle=$work/bundle
make_root "$bundle/rootfs" sh cat sleep id ls echo true false readlink stat touch mkdir mknod head env chmod tty
mkdir "$bundle/rootfs/room"

end() {
    for state in "$work"/state/*; do
        [ -d "$state" ] && "$runtime" --root "$work/state" delete --force "${state##*/}" > /dev/null 2>&1
    done
    grep -o " $work/[^ ]*" /proc/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
    find /sys/fs/cgroup -depth -type d -path "*oci-case-$$*" -exec rmdir {} \; 2> /dev/null
    find /sys/fs/cgroup -depth -type d -name jrun -exec rmdir {} \; 2> /dev/null
    clean_up
}
trap end EXIT

python3 "$root/acceptance/lib/oci_cases.py" "$runtime" "$bundle" "$work/state" "oci-case-$$" \
    || echo "not ok the cases run to their end: exit code $?"
finish
