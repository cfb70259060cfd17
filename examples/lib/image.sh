# image NAME PACKAGE,PACKAGE… SOCKET…: an image of Debian packages at those nodes, for the scripts `images`; root is the
# checkout's folder.
# shellcheck shell=sh disable=SC2154
image() {
    name=$1
    packages=$2
    shift 2
    jctl=${JCTL-$root/jctl}
    cache=${XDG_CACHE_HOME:-/var/cache}/jctl-examples
    tar=$cache/$name-$(echo "$packages" | cksum | cut -d' ' -f1).tar
    if ! [ -f "$tar" ]; then
        command -v mmdebstrap > /dev/null || { echo "images: needs the program mmdebstrap" >&2; return 1; }
        mkdir -p "$cache" || return 1
        # This machine's own sources, if it is the same Debian, and the archive's usual ones otherwise.
        # Names that apt-get fills in.
        # shellcheck disable=SC2016
        sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
            'Created-By: Packages' 'Origin: Debian' 2> /dev/null | grep -E ' bookworm(-[a-z]+)? ' | sort -u)
        echo "images: packages are fetched, which takes minutes" >&2
        # No recommended packages, and no pages that nobody reads here.
        if ! printf '%s\n' "$sources" | mmdebstrap --quiet --format=tar --variant=essential --aptopt='APT::Install-Recommends "false"' \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
            --dpkgopt='path-exclude=/usr/share/locale/*' --include="$packages" bookworm "$tar.new" ${sources:+-} \
            2> "$tar.log"; then
            echo "images: packages could not be had: $(tail -n 1 "$tar.log")" >&2
            rm -f "$tar.new" "$tar.log"
            return 1
        fi
        rm -f "$tar.log"
        mv "$tar.new" "$tar" || return 1
    fi
    [ $# -gt 0 ] || set -- "${JCTL_HOST-}"
    for socket; do
        env ${socket:+JCTL_HOST="$socket"} "$jctl" import -q "$tar" "$name" > /dev/null || return 1
    done
}
