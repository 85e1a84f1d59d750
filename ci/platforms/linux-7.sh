# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux 7, the newest there is, in a virtual machine'
target=x86_64-unknown-linux-gnu
extended=yes

prepare() {
    linux_guest trixie-backports linux-binary-7 linux-modules-7
}
