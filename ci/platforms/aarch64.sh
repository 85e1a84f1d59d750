# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on aarch64, under qemu'
target=aarch64-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    gnu arm64 aarch64-linux-gnu ld-linux-aarch64.so.1
    emulated aarch64 '2 1 00b7'
}
