# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='user-mode Linux 6.1: one processor, and no IPv6 in the kernel'
target=x86_64-unknown-linux-gnu
extended=yes
# Most files of tests ask for both families, and fail where there is one; the conformance run knows what it cannot ask.
steps=(cells)

prepare() {
    [[ $(rustc -vV) == *"host: x86_64-unknown-linux-gnu"* ]] || not_run "not on Linux on x86_64"
    uml=$(place user-mode-linux)
    debian user-mode-linux '' "$uml" bookworm
    debian busybox-static '' "$uml" bookworm
    own_programs
    inside true || not_run "the kernel does not start here"
}

# inside COMMAND...: runs it there, on this machine's files, which it may read; it may write where builds go, and reports.
# What is meant to pass by, it writes into its own memory.
inside() (
    run=$(mktemp -d)
    trap 'rm -rf "$run"' EXIT
    mkdir -p "$reports" "$CARGO_TARGET_DIR"
    # The machine's shell: busybox's would start itself by what /proc says of the process, and that is this machine's /proc
    # at first, and the process the whole kernel.
    cat >"$run/init" <<INIT
#!/bin/sh
busybox=$uml/bin/busybox
\$busybox mount -t proc proc /proc
\$busybox mount -t sysfs sys /sys
mkdir -p /dev/shm /dev/pts
\$busybox mount -t tmpfs shm /dev/shm
\$busybox mount -t devpts pts /dev/pts
\$busybox mount -t hostfs none '$CARGO_TARGET_DIR' -o '$CARGO_TARGET_DIR'
\$busybox mount -t hostfs none '$reports' -o '$reports'
\$busybox mount -t hostfs none '$run' -o '$run'
ln -s /proc/self/fd /dev/fd
\$busybox ip link set lo up
$(exports "PATH=$PATH" HOME=/ TMPDIR=/dev/shm)
cd '$root'
# Through a pipe: a terminal would be shown progress.
{ ${@@Q}; echo \$? >'$run/status'; } </dev/null 2>&1 | cat
\$busybox poweroff -f
INIT
    chmod +x "$run/init"
    "$uml/usr/bin/linux.uml" mem=4G rootfstype=hostfs rootflags=/ ro quiet "init=$run/init" con=null con0=fd:0,fd:1 \
        </dev/null 2>"$run/log" | sed --unbuffered 's|\r$||'
    status=$(cat "$run/status" 2>/dev/null) || {
        tail -n 5 "$run/log" >&2
        status=1
    }
    exit "$status"
)
