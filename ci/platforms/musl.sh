# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux with musl: another C library, another resolver'
target=x86_64-unknown-linux-musl

prepare() {
    std_for run
    zig_linker x86_64-linux-musl
    # zig brings the C library and its start files.
    cargo_flags -Clink-self-contained=no
}
