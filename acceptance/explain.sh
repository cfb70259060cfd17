#!/bin/sh
# A plan is printed without root and without a daemon.
. "$(dirname "$0")/lib/cases.sh"

JCTL_HOST=unix://$work/none/jctl.sock
export JCTL_HOST
as_nobody=
[ "$(id -u)" -eq 0 ] && as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"

# Words by design.
# shellcheck disable=SC2086
check_output "explain run names the call that changes the root" 'pivot_root\("\.", "\."\)' \
    $as_nobody "$jctl" explain run debian ls
# shellcheck disable=SC2086
check_output "explain run ends in the program" 'execve\("/usr/bin/ls", \["ls", "-l"\]' \
    $as_nobody "$jctl" explain run debian ls -l
# shellcheck disable=SC2086
check_output "explain run shows the user namespace's map" '"0 [0-9]+ 65536' \
    $as_nobody "$jctl" explain run debian ls
# shellcheck disable=SC2086
check_output "explain run --isolate chroot has no pivot_root" 'chroot\("\."\)' \
    $as_nobody "$jctl" explain run --isolate chroot --network host debian ls
# shellcheck disable=SC2086
check_output "explain run -o json is for tools" '"call":"clone3"' \
    $as_nobody "$jctl" explain run -o json debian ls
# shellcheck disable=SC2086
check_exit "explain refuses what run refuses" 1 $as_nobody "$jctl" explain run --cap-add FLY debian ls
finish
