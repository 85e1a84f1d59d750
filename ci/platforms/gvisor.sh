# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='gVisor: a kernel and a TCP/IP stack of its own; the same programs as on Linux'
target=x86_64-unknown-linux-gnu

prepare() {
    gvisor
    native_build
    inside true || not_run "gVisor does not start here"
}

# inside COMMAND...: runs it in gVisor, on this machine's files, with no network but loopback. The network namespace of
# its own is for the machine's safety: gVisor may take over the interfaces that it finds.
# Through a pipe: into a file, its processes write over each other.
inside() {
    local start=(unshare --net "$runsc")
    ((EUID == 0)) || start=("$runsc" --rootless)
    "${start[@]}" --network=none --ignore-cgroups 'do' -quiet -force-overlay=false -cwd "$root" "$@" 2>&1 | cat
}

# As all tests are built, so that nothing is built again.
tests() {
    local folder=$CARGO_TARGET_DIR/reach
    mkdir -p "$folder"
    cargo metadata --format-version 1 --all-features >"$folder/cargo.json"
    cargo nextest list --workspace --all-features --list-type binaries-only --message-format json >"$folder/binaries.json"
    wanted='default() & (package(usocket) | package(usocket-testkit))'
    suite --cargo-metadata "$folder/cargo.json" --binaries-metadata "$folder/binaries.json"
}

# It runs inside too, so that gVisor starts once, and not for each test.
nextest() {
    inside "$(command -v cargo-nextest)" nextest "$@"
}

conformance() {
    cargo build --quiet -p usocket-conformance
    inside "$CARGO_TARGET_DIR/debug/conformance" "$@"
}
