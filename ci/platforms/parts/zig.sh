# shellcheck shell=bash
# A linker for many systems: `zig cc`, of the Python package ziglang, which brings their C libraries.
# shellcheck disable=SC2154 # given by ci/reach

# zig: prints the path of its program.
zig() {
    local interpreter
    interpreter=$(python ziglang==0.17.1)
    "$interpreter" -c 'import ziglang; print(ziglang.__path__[0] + "/zig")'
}

# zig_linker ZIG_TARGET: lets cargo link for the platform's target with it, for example `riscv64-linux-gnu`. What of the
# library is needed is built first, which takes half a minute of a processor's, and for musl a whole one.
zig_linker() {
    local folder linker zig
    zig=$(zig)
    folder=$(place zig)
    linker=$folder/cc-$1
    cat >"$linker" <<WRAPPER
#!/usr/bin/env bash
# The compiler's flags for the host's word size are not for zig, whose target says it. Of the libraries, zig has not those
# that std and libc name for what nobody calls here; if something did, its name would be missed.
export ZIG_GLOBAL_CACHE_DIR=$folder/cache ZIG_LOCAL_CACHE_DIR=$folder/cache
kept=()
for argument; do
    case \$argument in
        -m32 | -m64 | '') ;;
        -liconv | -ldevstat | -lkvm | -lmemstat | -lprocstat) ;;
        *) kept+=("\$argument") ;;
    esac
done
exec "$zig" cc -target $1 "\${kept[@]}"
WRAPPER
    chmod +x "$linker"
    cargo_setting LINKER "$linker"
}

# only_linked ZIG_TARGET: for a platform whose programs run nowhere here, but can be made: each name that they take from
# the system's libraries must be there. The tests are linked, and the conformance program.
# shellcheck disable=SC2034,SC2317 # ci/reach reads it, and calls them
only_linked() {
    extended=yes
    steps=(link)
    zig_target=$1
    prepare() {
        std_for run
        zig_linker "$zig_target"
    }
    link() {
        cargo test --quiet --no-run --target "$target" -p usocket -p usocket-testkit --all-features
        cargo build --quiet --target "$target" -p usocket-conformance
    }
}
