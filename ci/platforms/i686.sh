# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and set by a part
about='Linux on i686, 32 bits, on a kernel of 64'
target=i686-unknown-linux-gnu

# It is this machine's kernel, and has all its labs.
left_out=(
    'package(usocket-testkit) & test(/^a_policy_is_for_its_addresses_only|^several_obstacles_end_in_any_order|^every_scene_can_be_had|_j5$|_j11$/) | binary(recipes_lab_leaks)'
    'a kernel of 64 bits takes no policies from programs of 32, or only if it was built to (CONFIG_XFRM_USER_COMPAT)'
    'package(usocket-testkit) & binary(recipes) & test(/_h2$/)'
    'a kernel of 64 bits says ENOMEM where it copies control data of 32'
)

prepare() {
    std_for run
    # The machine need not have a C library of 32 bits.
    gnu i386 i686-linux-gnu ld-linux.so.2
    "$loader" --version >/dev/null 2>&1 || not_run "the kernel runs no programs of 32 bits"
}
