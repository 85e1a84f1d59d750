# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='Linux with musl: another C library, another resolver'
target=x86_64-unknown-linux-musl
left_out=("${musl_leaves_out[@]}")

prepare() {
    std_for run
    musl
}
