# shellcheck shell=bash
# The GNU C library of another processor: Debian's, made for cross compilers.
# shellcheck disable=SC2034,SC2154 # for platforms, and given by ci/reach

# gnu ARCHITECTURE TRIPLE LOADER: lets cargo link for the platform's target with it, by the linker that is in zig: with the
# one of Debian's ARCHITECTURE, whose files lie under TRIPLE. The programs know where it is, and their LOADER. Sets `loader`,
# the path of that. (zig's own copy takes half a minute of a processor's to be built.)
gnu() {
    local package system lib linker zig
    zig=$(zig)
    system=$(place "gnu-$1")
    for package in "libc6-$1-cross" "libc6-dev-$1-cross"; do
        debian "$package" 2. "$system"
    done
    debian "libgcc-s1-$1-cross" '' "$system"
    lib=$system/usr/$2/lib linker=$system/linker
    loader=$lib/$3
    ln -sfn libgcc_s.so.1 "$lib/libgcc_s.so"
    # The name of the program, for what is to be done at the end of a thread, is in a file of a compiler that is not needed
    # else. And what a loader changes at the start of each program is packed, for one that is emulated: of thousands of
    # places, two thirds of the time that a short program takes.
    cat >"$linker" <<WRAPPER
#!/bin/sh
exec "$zig" ld.lld --sysroot="$system" --dynamic-linker="$loader" --rpath="$lib" -L"$lib" --defsym=__dso_handle=0 \
    -z pack-relative-relocs "$lib/Scrt1.o" "$lib/crti.o" "\$@" "$lib/crtn.o"
WRAPPER
    chmod +x "$linker"
    cargo_setting LINKER "$linker"
    cargo_flags -Clinker-flavor=ld
}
