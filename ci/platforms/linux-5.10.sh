# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux 5.10, in a virtual machine'
target=x86_64-unknown-linux-gnu
extended=yes
waits='a socket that is shut down while it connects goes on: this kernel does not disconnect one for which a thread waits'
cells_left_out=(::e3_ "$waits")
left_out=(
    'package(usocket-testkit) & test(/_e3$/)' "$waits"
    'binary(lab_network) & test(=settings_are_the_labs_own)'
    'a network of another user than the first is not shown net.core.somaxconn'
    'binary(absent_host) & test(=somebody_who_answers_is_not_absent_and_got_one_datagram)'
    'a network of another user is not shown for how long it asks for neighbours, and 20 ms are short for a processor that is played'
)

prepare() {
    linux_guest bullseye linux-image-5.10
}
