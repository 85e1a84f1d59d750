# shellcheck shell=bash
# A linker for many systems: `zig cc`, of the Python package ziglang, which brings their C libraries.
# shellcheck disable=SC2154 # given by ci/reach

# zig_linker ZIG_TARGET: lets cargo link for the platform's target with it, for example `s390x-linux-gnu`.
zig_linker() {
    local folder interpreter linker
    interpreter=$(python ziglang==0.17.1)
    folder=$(place zig)
    linker=$folder/cc-$1
    cat >"$linker" <<WRAPPER
#!/usr/bin/env bash
# The compiler's flags for the host's word size are not for zig, whose target says it.
export ZIG_GLOBAL_CACHE_DIR=$folder/cache ZIG_LOCAL_CACHE_DIR=$folder/cache
kept=()
for argument; do
    case \$argument in
        -m32 | -m64 | '') ;;
        *) kept+=("\$argument") ;;
    esac
done
exec "$interpreter" -m ziglang cc -target $1 "\${kept[@]}"
WRAPPER
    chmod +x "$linker"
    cargo_setting LINKER "$linker"
}
