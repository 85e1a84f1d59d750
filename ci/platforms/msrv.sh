# shellcheck shell=bash
# shellcheck disable=SC2034,SC2317 # read by ci/reach, and called
about='the oldest compiler, with all the tests: checked, not run'
target=x86_64-unknown-linux-gnu
extended=yes
steps=(check)

prepare() {
    native_build
}

check() {
    ci/msrv --all-targets
}
