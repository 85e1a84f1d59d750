# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317 # read by ci/reach, given by it, and called
about='Linux on powerpc64, big endian, with musl, under qemu'
target=powerpc64-unknown-linux-musl
extended=yes
# Scenes ask for this machine's addresses, and there musl's getifaddrs goes round for ever in what the user mode of qemu
# makes of the kernel's answer: so there is no conformance run, nor what needs a scene.
steps=(tests)
left_out=("${musl_leaves_out[@]}" 'binary(connect) & test(=a_silent_address_is_raced_after_the_delay)' 'it needs a scene')

# Not with glibc, which has the older ABI there, for which zig has none.
prepare() {
    std_for run
    zig_musl powerpc64-linux-musl
    emulated ppc64 '2 2 0015'
    tests() {
        suite -p usocket --all-features --lib --tests
    }
}
