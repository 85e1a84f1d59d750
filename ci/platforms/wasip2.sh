# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='WASI 0.2, under wasmtime: what needs no second thread'
target=wasm32-wasip2
steps=(check tests)
[[ -n $whole ]] || steps=(tests)

# A program has one thread there, so usocket has no cancels, wakers or servers, and one that names them does not compile.
# The testkit compiles, and refuses nearly everything; its tests, and others that start threads, do not. What is left is
# asked here: streams, listeners, datagrams, waits and look-ups by one thread that has both ends, what the system refuses,
# the tables of error numbers, which the compiler holds against the system's own, errors and their texts, addresses,
# endpoints, deadlines.
parts=(-p usocket --all-features --lib --test address --test error --test one_thread --test texts)

prepare() {
    std_for run
    wasi
    # They would ask a cargo of their own system where the snapshots are.
    export INSTA_WORKSPACE_ROOT=$root INSTA_UPDATE=no
}

check() {
    cargo clippy --quiet --target "$target" "${parts[@]}" -- -D warnings
    cargo clippy --quiet --target "$target" -p usocket-testkit --all-features -- -D warnings
}

# It has no processes to be started one for each test, and a panic ends it.
tests() {
    cargo test --no-fail-fast --target "$target" "${parts[@]}"
}
