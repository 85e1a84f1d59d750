# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on riscv64, under qemu'
target=riscv64gc-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    gnu riscv64 riscv64-linux-gnu ld-linux-riscv64-lp64d.so.1
    emulated riscv64 '2 1 00f3'
}
