# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='Linux on powerpc64, big endian, with musl, under qemu'
target=powerpc64-unknown-linux-musl
extended=yes
left_out=(
    "${musl_leaves_out[@]}"
    "test(=a_silent_address_is_raced_after_the_delay) | binary(catalogue) & test(/^(a_request_for_a_row_is_for|what_is_left_open_is_chosen)/)"
    "musl's getifaddrs goes round for ever in what the user mode of qemu makes of the kernel's answer"
)

# Not with glibc, which has the older ABI there, for which zig has none.
prepare() {
    std_for run
    zig_musl powerpc64-linux-musl
    emulated ppc64 ppc64 powerpc64-linux-gnu '2 2 0015'
}
