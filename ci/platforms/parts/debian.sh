# shellcheck shell=bash
# Debian's packages, downloaded and unpacked, none installed: by views of apt of our own, one for each suite, on the
# machine's mirror. The machine's own lists and settings stay as they are.
# shellcheck disable=SC2154 # given by ci/reach

# debian PACKAGE VERSION_PREFIX DEST [SUITE...]: the files of one package below DEST, of the first suite that has it in
# such a version. DEST is one that `place` gave, or a folder in it.
debian() {
    local package=$1 prefix=$2 dest=$3 suite version
    [[ ! -e $dest/.unpacked/$package ]] || return 0
    needs apt-get apt-cache dpkg-deb
    local suites=("${@:4}")
    ((${#suites[@]} > 0)) || suites=(bookworm-backports bookworm trixie-backports trixie)
    for suite in "${suites[@]}"; do
        apt_view "$suite" || continue
        version=$(version_in_view)
        # The list may be older than the file that it names.
        if [[ -n $version ]] && { download || { apt_view "$suite" anew && version=$(version_in_view) && download; }; }; then
            mkdir -p "$dest/.unpacked"
            dpkg-deb -x "$cache"/apt/download/"$package"_*.deb "$dest"
            rm "$cache"/apt/download/"$package"_*.deb
            echo "$version" >"$dest/.unpacked/$package"
            echo "unpacked $package $version"
            return 0
        fi
    done
    not_run "Debian's $package${prefix:+ $prefix} is not to be had in ${suites[*]}"
}

# debian_tree SUITE DEST PACKAGE...: the same with all that they depend on, down to the C library, for programs to be
# started by `debian_program`. DEST is one that `place` gave.
debian_tree() {
    local suite=$1 dest=$2 file
    shift 2
    [[ ! -e $dest/.unpacked/tree ]] || return 0
    needs apt-get dpkg-deb
    apt_view "$suite" || not_run "Debian $suite is not to be had"
    timeout 900 apt-get "${view[@]}" -qq -y --download-only --no-install-recommends install base-files "$@" >&2 ||
        not_run "Debian's $* is not to be had in $suite"
    # Its links from /lib and the like go first.
    for file in "$cache/apt/$suite"/cache/archives/{base-files_,}*.deb; do
        dpkg-deb -x "$file" "$dest"
    done
    rm -f "$cache/apt/$suite"/cache/archives/*.deb
    mkdir -p "$dest/.unpacked"
    echo "$*" >"$dest/.unpacked/tree"
    echo "unpacked $* of $suite"
}

# debian_program TREE PROGRAM SCRIPT: makes a script that starts a program of a tree by the loader and with the libraries
# of its own release (trixie or later), wherever they lie and whatever this machine has: no chroot, no namespaces, no root.
debian_program() {
    local libraries=$1/usr/lib/x86_64-linux-gnu
    printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "%s" "%s" "$@"\n' \
        "$libraries/ld-linux-x86-64.so.2" "$libraries" "$2" "$2" >"$3"
    chmod +x "$3"
}

# debian_newest SUITE PREFIX SUFFIX: prints which of the packages that are called so is the newest.
debian_newest() {
    apt_view "$1" || not_run "Debian $1 is not to be had"
    apt-cache "${view[@]}" pkgnames "$2" | { grep -- "$3\$" || true; } | sort -V | tail -n 1
}

# The machine's mirror of Debian, for example http://deb.debian.org/debian/.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016 # words of apt-get's own
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/*$' | sort -u | head -n 1)
    [[ -n $mirror ]] || not_run "no mirror of Debian in this machine's package sources"
    echo "$mirror"
}

# apt_view SUITE [anew]: sets `view`, apt's options for that suite alone.
apt_view() {
    local folder=$cache/apt/$1 mirror signed=
    view=(
        -o "APT::Architectures=amd64"
        -o "APT::Architecture=amd64"
        -o "Dir::Etc::SourceList=$folder/sources.list"
        -o "Dir::Etc::SourceParts=/dev/null"
        -o "Dir::State::Lists=$folder/lists"
        -o "Dir::State::Status=$folder/status"
        -o "Dir::Cache=$folder/cache"
        # apt warns when it cannot drop root for a folder of ours.
        -o "APT::Sandbox::User=$(id -un)"
        -o Acquire::Languages=none
        -o Acquire::Retries=2
    )
    [[ ${2:-} == anew || ! -e $folder/ready ]] || return 0
    mirror=$(debian_mirror)
    mkdir -p "$folder"/{lists/partial,cache/archives/partial} "$cache/apt/download"
    touch "$folder/status"
    [[ ! -e /usr/share/keyrings/debian-archive-keyring.gpg ]] ||
        signed='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
    echo "deb $signed $mirror $1 main" >"$folder/sources.list"
    # A suite that the mirror lacks is no error of apt-get's, but has no lists.
    timeout 300 apt-get "${view[@]}" -qq -o APT::Update::Error-Mode=any update >&2 || return 1
    touch "$folder/ready"
}

version_in_view() {
    # With its epoch or without: `1:10.0.2` is 10.0.2 too.
    apt-cache "${view[@]}" madison "$package" 2>/dev/null | awk -v want="$prefix" '
        { bare = $3; sub(/^[0-9]+:/, "", bare) }
        want == "" || index($3, want) == 1 || index(bare, want) == 1 { print $3; exit }'
}

download() {
    (cd "$cache/apt/download" && rm -f "$package"_*.deb &&
        timeout 600 apt-get "${view[@]}" -qq download "$package=$version" >&2)
}
