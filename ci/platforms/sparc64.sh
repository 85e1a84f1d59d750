# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about="Linux on sparc64, big endian, with BSD's error numbers, under qemu"
target=sparc64-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    zig_linker sparc64-linux-gnu
    emulated sparc64 sparc64 sparc64-linux-gnu '2 2 002b'
}
