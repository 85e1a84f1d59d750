# shellcheck shell=bash
# musl, the C library.
# shellcheck disable=SC2034 # for ci/reach, and platforms
musl_leaves_out=(
    'test(=more_addresses_than_a_datagram_holds_come_over_tcp)'
    'musl gives at most 48 addresses of a name'
    'package(usocket-testkit) & binary(recipes) & test(/_h2$/)'
    'musl itself refuses so much control data, with ENOMEM'
    'package(usocket-testkit) & binary(recipes) & test(/_w4$/)'
    'musl looks up addresses for sockets of any type'
)

# zig_musl ZIG_TARGET: lets cargo link with it. zig brings it, and its start files.
zig_musl() {
    zig_linker "$1"
    cargo_flags -Clink-self-contained=no -Ctarget-feature=+crt-static
}
