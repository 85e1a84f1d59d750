# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on aarch64, under qemu'
target=aarch64-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    zig_linker aarch64-linux-gnu
    emulated aarch64 arm64 aarch64-linux-gnu '2 1 00b7'
}
