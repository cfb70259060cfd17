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
# ---- with a daemon, which knows the networks
if [ "$(id -u)" -ne 0 ]; then
    skip "explain run --network" "needs root"
    finish
    exit 0
fi
start_agent
check "an image is made" "$jctl" image from-host -t host:latest true
check "a network is made" "$jctl" network create --subnet 10.231.7.0/24 --subnet fd31:7::/64 --ipv6 explained
bridge=jn-$("$jctl" network ls --filter name=explained -q --no-trunc | cut -c 1-8)
check_output "explain run --network shows its bridge and subnet" "in the bridge $bridge on the host" \
    "$jctl" explain run --network explained host true
cp "$work/output" "$work/plan"
check_output "its subnet" 'own address in 10\.231\.7\.0/24' cat "$work/plan"
check_output "its IPv6 subnet" 'own address in fd31:7:(0:0:0:0:0:0|:)/64' cat "$work/plan"
check_output "and the address asked for" '10\.231\.7\.77' \
    "$jctl" explain run --network explained --ip 10.231.7.77 host true
check_output "two networks are two links" 'the other, eth1, inside' \
    "$jctl" explain run --network explained --network bridge host true
check_exit "a network that is not there is refused" 1 "$jctl" explain run --network nowhere host true
check "the network is removed" "$jctl" network rm explained
finish
