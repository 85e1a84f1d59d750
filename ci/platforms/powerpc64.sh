# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on powerpc64, big endian, under qemu'
target=powerpc64-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    zig_linker powerpc64-linux-gnu
    emulated ppc64 ppc64 powerpc64-linux-gnu '2 2 0015'
}
