# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='WASI 0.2, under wasmtime: what needs no socket'
target=wasm32-wasip2
steps=(check tests)

# There usocket has no sockets, no look-ups, no waits and no server: what they stand on has none of it, and a program that
# names them does not compile. The testkit's proxy is not there either. What there is, is asked here: conditions and the
# tables of error numbers, which the compiler holds against the system's own, errors and their texts, addresses, endpoints,
# deadlines.
parts=(-p usocket --all-features --lib --test address --test error --test texts)

prepare() {
    std_for run
    wasi
    # They would ask a cargo of their own system where the snapshots are.
    export INSTA_WORKSPACE_ROOT=$root INSTA_UPDATE=no
}

check() {
    cargo clippy --quiet --target "$target" "${parts[@]}" -- -D warnings
}

# It has no processes to be started one for each test, and a panic ends it.
tests() {
    cargo test --no-fail-fast --target "$target" "${parts[@]}"
}
