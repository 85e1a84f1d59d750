# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on s390x, big endian, under qemu'
target=s390x-unknown-linux-gnu

prepare() {
    std_for run
    zig_linker s390x-linux-gnu
    emulated s390x s390x s390x-linux-gnu '2 2 0016'
}
