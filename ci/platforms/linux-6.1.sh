# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux 6.1, in a virtual machine'
target=x86_64-unknown-linux-gnu
extended=yes
left_out=(
    'binary(lab_network) & test(=settings_are_the_labs_own)'
    'a network of another user than the first is not shown net.core.somaxconn'
)

prepare() {
    linux_guest bookworm linux-image-6.1
}
