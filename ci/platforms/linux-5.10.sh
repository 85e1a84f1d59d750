# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux 5.10, in a virtual machine'
target=x86_64-unknown-linux-gnu
extended=yes

prepare() {
    linux_guest bullseye linux-image-5.10
}
