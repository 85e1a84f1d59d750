# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Linux on mipsel, 32 bits, with error and option numbers of its own, under qemu'
target=mipsel-unknown-linux-gnu
left_out=(
    'binary(options) & test(/^a_stream_keeps_what_is_set/)'
    'the user mode of qemu takes TCP_KEEPIDLE for SO_ERROR, both 4, and changes 42 s as it changes error 42: into 35'
)

prepare() {
    std_for run
    gnu mipsel mipsel-linux-gnu ld.so.1
    # Its start files say that they would run a stack; they do not.
    cargo_flags -Clink-arg=-zexecstack
    emulated mipsel '1 1 0008'
}
