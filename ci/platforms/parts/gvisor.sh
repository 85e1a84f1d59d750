# shellcheck shell=bash
# gVisor: a kernel that is a program, with a TCP/IP stack of its own.
# shellcheck disable=SC2034 # for the platform's file

# gvisor: sets `runsc`, the path of its program. It takes over the network interfaces that it finds: never start it with a
# network in the machine's own namespace.
gvisor() {
    [[ $(rustc -vV) == *"host: x86_64-unknown-linux-gnu"* ]] || not_run "not on Linux on x86_64"
    runsc=$(place gvisor)
    # Older ones do not end a connection attempt that was answered with "prohibited".
    debian runsc 0.0~2024 "$runsc"
    runsc=$runsc/usr/bin/runsc
}
