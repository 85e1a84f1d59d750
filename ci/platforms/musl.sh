# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux with musl: another C library, another resolver'
target=x86_64-unknown-linux-musl

left_out=(
    'test(=more_addresses_than_a_datagram_holds_come_over_tcp)'
    'musl gives at most 48 addresses of a name'
    'package(usocket-testkit) & binary(recipes) & test(/_h2$/)'
    'musl itself refuses so much control data, with ENOMEM'
    'package(usocket-testkit) & binary(recipes) & test(/_w4$/)'
    'musl looks up addresses for sockets of any type'
)

prepare() {
    std_for run
    zig_linker x86_64-linux-musl
    # zig brings the C library and its start files.
    cargo_flags -Clink-self-contained=no
}
