# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on s390x, big endian, under qemu'
target=s390x-unknown-linux-gnu

prepare() {
    std_for run
    gnu s390x s390x-linux-gnu ld64.so.1
    emulated s390x '2 2 0016'
}
