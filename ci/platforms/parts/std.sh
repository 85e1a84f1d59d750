# shellcheck shell=bash
# Rust's standard library for targets that the installed toolchain has none for: built by the installed compiler, from
# Debian's rust-src of the same version. The compiler takes it from a folder of the cache (`--sysroot`), so the toolchain
# stays as it is, and the project itself is built by a stable compiler as ever.
# shellcheck disable=SC2154 # given by ci/reach

# std_for run|check [TARGET]: lets cargo find it for that target, which is the platform's if none is named. `check` is
# what `cargo check` and clippy need, in half the time; nothing can be linked with it. Other platforms may prepare
# themselves while it is built.
std_for() {
    local kind=$1 target=${2:-$target} folder version status
    folder=$(place std)
    version=$(rustc -V | cut -d ' ' -f 2)
    # Whatever can be linked with can be checked with.
    [[ ! -e $folder/run/$target ]] || kind=run
    if [[ ! -e $folder/$kind/$target ]]; then
        # In a process of its own: that there are no sources is not the end yet.
        set +e
        (set -e; std_source)
        status=$?
        set -e
        if ((status == 0)); then
            # Another platform of the same target may have begun.
            flock --unlock 8
            exec 7>"$folder/$target.$kind.lock"
            flock 7
            [[ -e $folder/$kind/$target ]] || std_build
            exec 7>&-
            flock 8
        elif [[ -d $(rustc --print sysroot)/lib/rustlib/$target/lib ]]; then
            echo "the toolchain's own std for $target, since Debian has no rust-src $version"
            return 0
        else
            not_run "no std for $target: Debian has no rust-src $version, and the toolchain none of its own"
        fi
    fi
    cargo_flags "--sysroot=$folder/$kind"
}

# The sources, for cargo, which asks the compiler where they are; and what the compiler needs of its own system, since
# build scripts and macros run here.
std_source() {
    local kind library host unpacked
    [[ ! -e $folder/source ]] || return 0
    library=$folder/lib/rustlib/src/rust/library
    mkdir -p "${library%/*}"
    unpacked=$(mktemp -d "$folder/unpacking.XXXXXX")
    debian rust-src "$version" "$unpacked" trixie-backports trixie sid experimental bookworm
    rm -rf "$library"
    mv "$unpacked"/usr/src/rustc-*/library "$library"
    rm -rf "$unpacked"
    host=$(rustc -vV | sed -n 's/^host: //p')
    for kind in . run check; do
        mkdir -p "$folder/$kind/lib/rustlib"
        ln -sfn "$(rustc --print sysroot)/lib/rustlib/$host" "$folder/$kind/lib/rustlib/$host"
    done
    printf '#!/bin/sh\nexec "%s" "--sysroot=%s" "$@"\n' "$(rustup which rustc 2>/dev/null || command -v rustc)" "$folder" \
        >"$folder/rustc"
    chmod +x "$folder/rustc"
    touch "$folder/source"
}

std_build() {
    local crates=core,alloc,std,panic_unwind,panic_abort,test began=$SECONDS work made
    # What is not run needs no code.
    local flags=-Zno-codegen
    [[ $kind != run ]] || flags=
    # A crate for cargo to build it for; a workspace of its own, wherever the cache lies. Not optimized, which takes half the
    # time: the tests spend little of theirs in it. Without backtraces: the tests have no names for them.
    work=$folder/building-$target-$kind
    rm -rf "$work"
    mkdir -p "$work/src"
    printf '[package]\nname = "building"\nedition = "2021"\n[profile.release]\nopt-level = 0\n[workspace]\n' \
        >"$work/Cargo.toml"
    echo '#![no_std]' >"$work/src/lib.rs"
    # The variable lets a stable compiler build its own standard library, and nothing else here.
    (
        cd "$work"
        unset CARGO_TARGET_DIR
        CARGO_TARGET_DIR=$work/target RUSTC=$folder/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS=$flags \
            cargo build --quiet --release "-Zbuild-std=$crates" -Zbuild-std-features=panic-unwind --target "$target"
    ) >"$work/log" 2>&1 || {
        tail -n 20 "$work/log" >&2
        not_run "std for $target does not build"
    }
    made=$folder/$kind/lib/rustlib/$target/lib
    rm -rf "$made"
    mkdir -p "$made"
    find "$work/target/$target/release/deps" -name '*.rlib' ! -name 'libbuilding-*' -exec mv {} "$made/" \;
    touch "$folder/$kind/$target"
    rm -rf "$work"
    echo "std for $target ($kind): $((SECONDS - began)) s"
}
