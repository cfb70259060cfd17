# make_root FOLDER PROGRAM…: a small root file system of the host's own programs, with the libraries they
# need. Sourced.
# shellcheck shell=sh
make_root() {
    made=$1
    shift
    for folder in bin etc tmp proc sys dev root; do mkdir -p "$made/$folder"; done
    for program; do
        path=$(command -v "$program")
        case $path in /*) ;; *) path=/bin/$program ;; esac
        cp -L "$path" "$made/bin/$program"
        ldd "$path" 2>/dev/null | grep -oE '/[^ ]+' | while read -r library; do
            mkdir -p "$made${library%/*}"
            cp -nL "$library" "$made$library"
        done
    done
    echo "root:x:0:0::/root:/bin/sh" > "$made/etc/passwd"
}
