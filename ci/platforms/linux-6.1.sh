# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux 6.1, in a virtual machine'
target=x86_64-unknown-linux-gnu
extended=yes

prepare() {
    linux_guest bookworm linux-image-6.1
}
