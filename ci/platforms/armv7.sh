# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on armv7, 32 bits, under qemu'
target=armv7-unknown-linux-gnueabihf
extended=yes

prepare() {
    std_for run
    gnu armhf arm-linux-gnueabihf ld-linux-armhf.so.3
    emulated arm '1 1 0028'
}
