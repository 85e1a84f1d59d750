# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on armv7, 32 bits, under qemu'
target=armv7-unknown-linux-gnueabihf
extended=yes

prepare() {
    std_for run
    zig_linker arm-linux-gnueabihf
    emulated arm armhf arm-linux-gnueabihf '1 1 0028'
}
