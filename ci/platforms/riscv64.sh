# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on riscv64, under qemu'
target=riscv64gc-unknown-linux-gnu
extended=yes

prepare() {
    std_for run
    zig_linker riscv64-linux-gnu
    emulated riscv64 riscv64 riscv64-linux-gnu '2 1 00f3'
}
