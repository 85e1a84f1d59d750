# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on mipsel, 32 bits, with error and option numbers of its own, under qemu'
target=mipsel-unknown-linux-gnu

prepare() {
    std_for run
    zig_linker mipsel-linux-gnueabihf
    emulated mipsel mipsel mipsel-linux-gnu '1 1 0008'
}
