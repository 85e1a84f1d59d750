# shellcheck shell=bash
# WASI 0.2: its C library from Debian, and wasmtime, which runs its programs, of the Python package of that name.
# shellcheck disable=SC2154 # given by ci/reach

# wasi: lets cargo link and run the platform's programs. `std_for run` comes before.
wasi() {
    local folder lib interpreter
    folder=$(place wasi)
    debian wasi-libc '' "$folder" trixie-backports bookworm-backports
    # The compiler looks for it beside its own libraries, where its makers put it.
    lib=${CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS##*--sysroot=}/lib/rustlib/$target/lib/self-contained
    if [[ -d ${lib%/*} && ! -e $lib ]]; then
        mkdir "$lib"
        cp "$folder"/usr/lib/wasm32-wasip2/{*.o,libc.a} "$lib/"
    fi
    # Versions from 48 on let a program have no network, and 44 and older have none to give.
    interpreter=$(python wasmtime==47.0.1)
    cat >"$folder/run.py" <<'PROGRAM'
"""Runs a component of WASI 0.2 with this machine's files, network and environment."""
import os, sys
import wasmtime._bindings as bindings
from wasmtime import Engine, ExitTrap, Store, WasiConfig
from wasmtime.component import Component, Linker

engine = Engine()
linker, store, config = Linker(engine), Store(engine), WasiConfig()
linker.add_wasip2()
config.argv = sys.argv[1:]
config.inherit_env()
config.inherit_stdout()
config.inherit_stderr()
config.preopen_dir("/", "/")
bindings.wasi_config_inherit_network(config.ptr())
bindings.wasi_config_allow_ip_name_lookup(config.ptr(), True)
store.set_wasi(config)
instance = linker.instantiate(store, Component.from_file(engine, sys.argv[1]))
version = next(
    index
    for index in (instance.get_export_index(store, f"wasi:cli/run@0.2.{minor}") for minor in range(10))
    if index is not None
)
run = instance.get_func(store, instance.get_export_index(store, "run", version))
try:
    status = 0 if getattr(run(store), "tag", "ok") == "ok" else 1
except ExitTrap as trap:
    status = trap.code
except Exception as error:
    print(error, file=sys.stderr)
    status = 101
sys.stdout.flush()
os._exit(status)
PROGRAM
    printf '#!/bin/sh\nexec "%s" "%s/run.py" "$@"\n' "$interpreter" "$folder" >"$folder/run"
    chmod +x "$folder/run"
    cargo_setting RUNNER "$folder/run"
}
