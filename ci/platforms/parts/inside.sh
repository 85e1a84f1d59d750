# shellcheck shell=bash
# This machine's own programs, inside another kernel.
# shellcheck disable=SC2154,SC2034 # given by ci/reach, and for it

# native_build: what runs there is built as the machine's other builds are, and where they are.
native_build() {
    unset CARGO_TARGET_DIR CARGO_INCREMENTAL CARGO_PROFILE_DEV_DEBUG CARGO_PROFILE_DEV_STRIP
    # shellcheck disable=SC2163 # NAME=VALUE, each
    ((${#outer[@]} == 0)) || export "${outer[@]}"
    CARGO_TARGET_DIR=$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
    export CARGO_TARGET_DIR
}

# own_programs: for a platform that is such a kernel. It defines `inside COMMAND...`, which runs a program there, under
# the path that it has here. If its target is the machine's own, so are the builds.
# shellcheck disable=SC2317,SC2154 # ci/reach calls them, and `selected` sets it
own_programs() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    build=(--target "$target") programs=$target/debug
    if [[ $target == "$host" ]]; then
        native_build
        build=() programs=debug
    fi
    programs=$CARGO_TARGET_DIR/$programs
    built=$CARGO_TARGET_DIR/reach/$platform
    mkdir -p "$built"

    tests() {
        local selected
        selected
        cargo metadata --format-version 1 --all-features >"$built/cargo.json"
        cargo nextest list "${build[@]}" "${selected[@]}" --list-type binaries-only \
            --message-format json >"$built/binaries.json"
        suite --cargo-metadata "$built/cargo.json" --binaries-metadata "$built/binaries.json"
    }

    # It runs inside too, so that the kernel starts once, and not for each test.
    nextest() {
        inside "$(command -v cargo-nextest)" nextest "$@"
    }

    within() {
        inside "$@"
    }

    # By a copy: another platform may build it at the same time.
    conformance() {
        cargo build --quiet "${build[@]}" "${conformance_program[@]}"
        echo "$programs/conformance" >"$rows.merging"
        cp "$programs/conformance" "$built/conformance"
        inside "$built/conformance" "$@"
    }
}

# exports NAME=VALUE...: what another kernel's first process has to set, as lines for a shell: what is given, and what
# programs here go by.
exports() {
    { printf '%s\n' "$@"; env | grep -E '^(CARGO_TARGET_DIR|INSTA|NEXTEST|RUST|USOCKET)[A-Z_]*='; } |
        sed "s/'/'\\\\''/g; s/=\(.*\)/='\1'/; s/^/export /"
}
