#!/bin/sh
# A container's files (cp, diff, export, commit) and volumes, as an operator has them.
# $run is a command and its words.
# shellcheck disable=SC2086
. "$(dirname "$0")/lib/cases.sh"

if [ "$(id -u)" -ne 0 ]; then
    skip "files and volumes" "needs root"
    finish
    exit 0
fi
start_agent
cd "$work" || exit 1
run="$jctl run --network none"
check "an image of the host's programs" "$jctl" image from-host \
    sh ls cat stat id sleep rm mkdir ln mv touch chmod chown head readlink

# A container that runs, and what is copied into it.
echo hello > file
mkdir -p tree/sub
echo deep > tree/sub/f
ln -s sub tree/link
check "a container runs" $run -d --name box host sleep 1000
check "a file goes in" "$jctl" cp file box:/file
check_output "and belongs to the container's root" '^0:0$' "$jctl" exec box stat -c %u:%g /file
check_exit "not to a folder that is not there" 1 "$jctl" cp file box:/no/such/
check "a folder goes into a folder" "$jctl" cp tree box:/tmp
check_output "under its own name" deep "$jctl" exec box cat /tmp/tree/link/f
check "a folder's content is added" "$jctl" cp tree/. box:/tmp
check_output "without its name" deep "$jctl" exec box cat /tmp/sub/f
check "a folder is made" "$jctl" cp tree box:/named
check_output "of that name" deep "$jctl" exec box cat /named/sub/f
check_exit "a folder does not replace a file" 1 "$jctl" cp tree box:/file
"$jctl" exec box mkdir /tmp/in
check "a tar goes in" sh -c "tar cf - tree | '$jctl' cp - box:/tmp/in"
check_output "and is unpacked" deep "$jctl" exec box cat /tmp/in/tree/sub/f
check_exit "but into a folder only" 1 sh -c "tar cf - tree | '$jctl' cp - box:/file"
check "packed or not" sh -c "tar czf - tree | '$jctl' cp - box:/tmp/in"
check "a link stays a link" "$jctl" cp tree/link box:/tmp/link
check_output "as it was" '^sub$' "$jctl" exec box sh -c 'readlink /tmp/link'
check "or is followed" "$jctl" cp -L tree/link box:/tmp/followed
check_output "to what it means" '^deep$' "$jctl" exec box cat /tmp/followed/f
"$jctl" exec box ln -s /tmp/in /tmp/way
check "a destination that is a link is followed" "$jctl" cp file box:/tmp/way
check_output "within the container" '^hello$' "$jctl" exec box cat /tmp/in/file
check "a mounted file is written to" "$jctl" cp file box:/etc/hosts
check_output "and stays mounted" hello "$jctl" exec box cat /etc/hosts

# Out of it.
check "a file comes out" "$jctl" cp box:/file out
check_output "as it went in" hello cat out
check "a folder comes out" "$jctl" cp box:/named back
check_output "with its links" '^sub$' readlink back/link
check_output "as a tar" 'named/sub/f$' sh -c "'$jctl' cp box:/named - | tar tf -"
"$jctl" exec box sh -c 'touch /owned; chown 12:34 /owned; chmod 4755 /owned; ln -s /file /tofile'
check "owners come along" "$jctl" cp -a box:/owned owned
check_output "if they shall" '^12:34 4755$' stat -c '%u:%g %a' owned
check "or not" "$jctl" cp box:/owned mine
check_output "if not" '^0:0 755$' stat -c '%u:%g %a' mine
check "a link comes out as one" "$jctl" cp box:/tofile tofile
check_output "which is not followed here" '^/file$' readlink tofile
check "or followed there" "$jctl" cp -L box:/tofile followed
check_output "to its file" hello cat followed
check_exit "what is not there does not" 1 "$jctl" cp box:/absent .
check_exit "nor what the kernel makes up" 1 "$jctl" cp box:/proc/meminfo .

# File capabilities go with their owner.
if command -v setcap > /dev/null && cp "$(command -v id)" capable && setcap cap_net_raw+ep capable 2> /dev/null; then
    check "a program with capabilities goes in" "$jctl" cp -a capable box:/capable
    check "and comes out" "$jctl" cp -a box:/capable capable-out
    check_output "with them" 'cap_net_raw[=+]ep' getcap capable-out
    "$jctl" cp box:/capable capable-plain
    check_output "or without, as with setuid bits" '^0$' sh -c 'getcap capable-plain | wc -l'
    check "a folder has them, too" sh -c "mkdir caps && cp --preserve=xattr capable caps/one &&
        '$jctl' cp -a caps box:/caps && '$jctl' cp -a box:/caps caps-out"
    check_output "below it" 'cap_net_raw[=+]ep' getcap caps-out/one
    check_output "the tar has the record" 'SCHILY.xattr.security.capability=' \
        sh -c "'$jctl' cp box:/capable - | tr -c '[:print:]' '\n' | grep SCHILY"
    check_output "inside they are those of its root" '^0$' sh -c "'$jctl' exec --user 1000 box /capable -u > /dev/null
        getfattr -n security.capability --only-values /proc/\$('$jctl' inspect -f '{{.State.Pid}}' box)/root/capable \
            2> /dev/null | od -An -tu1 | grep -c ' 2 *\$'; :"
else
    skip "file capabilities" "needs setcap, and a file system that keeps them"
fi

# A container that swaps folders for links while files are copied.
echo SECRET > "$work/secret"
chmod 600 "$work/secret"
check "an attacker runs" $run -d --name attacker host sh -c "mkdir -p /way/work /other; echo ok > /way/secret
    ln -s $work /evil
    while :; do mv /way /spare; mv /evil /way; mv /way /evil; mv /spare /way; done"
attack() {
    round=0
    while [ $round -lt 12 ]; do
        round=$((round + 1))
        "$jctl" cp -q attacker:/way/secret stolen 2>/dev/null
        "$jctl" cp -qL attacker:/way/secret stolen2 2>/dev/null
        "$jctl" cp -q file attacker:/way/secret 2>/dev/null
        "$jctl" cp -q tree attacker:/way/work 2>/dev/null
    done
    ! cat stolen stolen2 2>/dev/null | grep SECRET && grep SECRET "$work/secret" && ! [ -e "$work/work" ]
}
check "and gets at nothing outside" attack
"$jctl" rm -f attacker > /dev/null

# What it changed.
check "it changes its files" "$jctl" exec box sh -c \
    'rm /usr/bin/head; rm -r /home; mkdir /home; touch /home/new; chmod 711 /root'
"$jctl" diff box > changes
check "an added file is told" grep -x 'A /file' changes
check "a changed folder is told" grep -x 'C /root' changes
check "a deleted file is told" grep -x 'D /usr/bin/head' changes
check_exit "what a start makes for its mounts is not" 1 grep resolv.conf changes
check "a running container is exported" "$jctl" export -o running.tar box
check_output "without what is mounted" '^0$' sh -c "tar tf running.tar | grep -c '^proc/.'
    true"
check "a running container becomes an image" "$jctl" commit -a me -m mine -c 'CMD ["cat","/file"]' box made:1
check_output "which runs" hello $run --rm made:1
check_exit "without what was deleted" 2 $run --rm made:1 ls /usr/bin/head
check_output "and what was hidden" '^new$' $run --rm made:1 ls /home
check_output "the container goes on" '^running$' "$jctl" inspect -f '{{.State.Status}}' box
check "an image made so is saved" "$jctl" save -o made.tar made:1
check "and removed" "$jctl" rmi made:1
check "and loaded" "$jctl" load -i made.tar
check_output "and runs" hello $run --rm made:1

# The same of a container that stands still.
check "it is stopped" "$jctl" stop -t 0 box
check "a file comes out of a stopped one" "$jctl" cp box:/file stopped-out
check "and goes in" "$jctl" cp file box:/late
check "it is exported" "$jctl" export -o stopped.tar box
check_output "as it is" '0/0.* late$' tar tvf stopped.tar
check "it starts" "$jctl" start box
check_output "and finds what was copied" '^0 hello' sh -c \
    "echo \$('$jctl' exec box stat -c %u /late) \$('$jctl' exec box cat /late)"

# A client that reads slowly keeps nobody from anything; one that writes is told.
"$jctl" stop -t 0 box > /dev/null
check "large files go in" sh -c "head -c 30000000 /dev/zero > large && '$jctl' cp large box:/large"
for reads in "export box" "cp box:/large -"; do
    "$jctl" $reads | { sleep 3; cat > "$work/read"; } &
    reader=$!
    sleep 1
    check "a container starts while ${reads%% *} stands still" timeout 20 "$jctl" start box
    check "and stops" "$jctl" stop -t 0 box
    wait $reader
    check_output "the slow reader of ${reads%% *} has all" 'large$' tar tf "$work/read"
done
"$jctl" create --name gone --network none host true > /dev/null
"$jctl" cp large gone:/large > /dev/null
"$jctl" export gone | { sleep 3; cat > /dev/null; } &
reader=$!
sleep 1
check "one is removed while its export stands still" timeout 20 "$jctl" rm gone
wait $reader
mkfifo slow
{ tar cf - tree; sleep 12; } > slow &
"$jctl" cp - box:/tmp < slow 2> /dev/null &
writer=$!
sleep 1
check_exit "a start during a slow copy into it is refused in time" 1 timeout 11 "$jctl" start box
cp "$work/output" refusal
check_output "and says why" 'box is written to by a copy.*end it' cat refusal
check_exit "so is its removal" 1 timeout 11 "$jctl" rm box
kill $writer 2> /dev/null
wait $writer 2> /dev/null
check "it starts once the copy is ended" until_ok 20 "$jctl" start box

# Volumes.
check_output "a volume is made" '^db$' "$jctl" volume create --label tier=back db
check "it is written" $run --rm -v db:/data host sh -c 'echo kept > /data/f'
check_output "and read by another container" kept $run --rm -v db:/data:ro host cat /data/f
check_exit "that may only read" 2 $run --rm -v db:/data:ro host sh -c 'echo x > /data/x'
check_output "its files are root's on the host" '^0 0$' stat -c '%u %g' "$work/data/volumes/db/data/f"
check_exit "two do not share a place" 125 $run --rm -v db:/data -v other:/data host id
check_exit "a read-only container is not written to" 1 sh -c "
    '$jctl' create --name still --network none --read-only host id && '$jctl' cp file still:/tmp"
"$jctl" rm still > /dev/null
check "a container has it" $run -d --name user --mount type=volume,src=db,dst=/data host sleep 1000
check_output "so that it is not removed" 'in use by container user' \
    sh -c "! '$jctl' volume rm db"
check_output "its container is listed" user "$jctl" ps --filter volume=db
check_output "inspect shows it" '"Name": "db"' "$jctl" inspect user
check_output "another container gets what it has" kept $run --rm --volumes-from user:ro host cat /data/f
check_exit "and may only read it" 2 $run --rm --volumes-from user:ro host sh -c 'echo x > /data/x'
check_exit "of one that is not there" 125 $run --rm --volumes-from nobody host id
check "cp reaches into it" "$jctl" cp file user:/data/copied
check_output "and it has the file" hello cat "$work/data/volumes/db/data/copied"
check "it is saved" "$jctl" volume export -o db.tar db
check "and brought back" sh -c "'$jctl' volume create copy && '$jctl' volume import copy db.tar"
check_output "whole" kept $run --rm -v copy:/data host cat /data/f
check "it is filled from the image" $run --rm -v filled:/etc host cat /etc/passwd
check_exit "or not" 1 $run --rm --mount type=volume,src=empty,dst=/etc,volume-nocopy host cat /etc/passwd
check "an image asks for a volume" "$jctl" commit -c 'VOLUME /home' box asking
"$jctl" volume prune -f > /dev/null
check "a container of it has one" $run --name asker asking touch /home/mine
check_output "without a name" '^[0-9a-f]{64}$' "$jctl" volume ls -q
check "it goes with rm -v" "$jctl" rm -v asker
check "and with --rm" $run --rm asking touch /home/mine
check_exit "then none is left" 1 sh -c "'$jctl' volume ls -q | grep -E '^[0-9a-f]{64}\$'"
check_exit "a name that leads out is refused" 125 $run --rm --mount type=volume,src=../../x,dst=/x host id
check_exit "a tar that leads out is refused" 1 sh -c \
    "tar cPf - --transform 's,^,../../,' file | '$jctl' volume import copy"

# What is mounted below a bind, on the host.
mkdir -p bound/below
if mount -t tmpfs none bound/below; then
    check_exit "read-only reaches the mounts below" 2 $run --rm --userns host -v "$work/bound:/b:ro" host \
        sh -c 'echo x > /b/below/x'
    umount bound/below
    mount --bind bound bound && mount --make-shared bound
    check "a folder is bound as a slave" $run -d --name slave -v "$work/bound:/b:rslave" host sleep 1000
    mount -t tmpfs none bound/below && echo seen > bound/below/f
    check_output "and sees what the host mounts later" seen "$jctl" exec slave cat /b/below/f
    umount bound/below
    "$jctl" rm -f slave > /dev/null
    umount bound
else
    skip "mounts below a bind" "no tmpfs here"
fi

# The daemon is killed at any instant.
check "a volume is filled many times" sh -c "
    ( while '$jctl' run --rm --network none -v again:/etc host cat /etc/passwd > /dev/null 2>&1 &&
        '$jctl' volume rm again; do :; done ) > /dev/null 2>&1 & echo \$! > filler"
until [ -e data/volumes/again/data/passwd ]; do :; done
kill -9 "$agent"
wait "$agent" 2>/dev/null
rm -f "$work/run/jctl.sock"
while kill -0 "$(cat filler)" 2>/dev/null; do sleep 0.1; done
start_agent
check "a volume is whole or not there" sh -c "
    '$jctl' volume inspect again > /dev/null 2>&1 || exit 0
    names=\$(ls data/volumes/again/data)
    [ -z \"\$names\" ] || [ -s data/volumes/again/data/passwd ]"
check_output "nothing half made is left" '^0$' sh -c "ls -a data/volumes | grep -cE 'making|removed'; true"
check_output "volumes outlive the daemon" '^db$' "$jctl" volume ls -q
check_output "and so does who has them" 'in use by container user' sh -c "! '$jctl' volume rm db"
check "they are removed with their container" sh -c \
    "'$jctl' rm -f user && '$jctl' volume rm db copy filled empty"
finish
