# shellcheck shell=bash
# usocket over gVisor's own TCP/IP stack, with the hosts of a lab at the other end of the wire: the errors come from
# packets of a peer, and from no table of Linux. The conformance run is the machine's own; only the driver is inside.
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about="gVisor's TCP/IP stack, facing the hosts of a lab"
target=x86_64-unknown-linux-gnu
extended=yes
steps=(cells)

# Recipes whose cause is not on the wire, or which this stack answers otherwise, and why.
left_out=(
    b3 "the range of ports is the host kernel's setting"
    b5 "that the address is not ready yet is known to the host kernel alone"
    d5 "the firewall that refuses stands in the host kernel's way out, which gVisor's packets do not take"
    g4 "gVisor takes over routes to somewhere only, and says EHOSTUNREACH where it has none"
    j4 "the firewall stands in the host kernel's way out"
    j5 "the policy stands in the host kernel's way out"
    j6 "gVisor takes over routes to somewhere only, and says EHOSTUNREACH where it has none"
    m1 "gVisor takes over routes to somewhere only, and says EHOSTUNREACH where Linux says ENETUNREACH"
    tcp6::j7 "gVisor goes on when ICMPv6 says that the way is prohibited"
    tcp6::q4 "gVisor goes on when ICMPv6 says that the way is prohibited"
    s7 "the number of retries is the host kernel's setting"
    u2 "gVisor goes on when ICMP says what it has no number for"
    w2 "the name server is on the lab's loopback, and gVisor has its own"
    w3 "the name server is on the lab's loopback, and gVisor has its own"
)

prepare() {
    ((EUID == 0)) || not_run "only root may let gVisor have the interfaces of a lab"
    gvisor
    native_build
}

# What the run starts for each cell: the driver in a sandbox, in the network namespace of the cell. gVisor takes the
# addresses off all interfaces that it finds there. The machine's own must never be among them: it starts where a lab's
# interface is, and else in a namespace with none at all. (gVisor takes any namespace that shows net.core.rmem_default for
# the machine's own, so that file is hidden from it.)
write_guest() {
    cat <<GUEST
#!/usr/bin/env bash
set -euo pipefail
if ! grep -q '^ *lab0:' /proc/self/net/dev && grep -qs . /proc/self/net/fib_trie /proc/self/net/if_inet6; then
    # Not a lab, and somebody has an address here.
    exec unshare --net "\$0"
fi
# The run ends it by force, so it cannot clean up: \`cells\` does.
bundle=\$(mktemp -d "$bundles/XXXXXX")
cat >"\$bundle/config.json" <<CONFIG
{
    "ociVersion": "1.0.0",
    "process": {
        "user": {"uid": 0, "gid": 0},
        "args": ["$programs/driver", "--own-loopback"],
        "cwd": "/",
        "env": ["PATH=/usr/bin:/bin"]
    },
    "root": {"path": "/", "readonly": true},
    "linux": {
        "namespaces": [
            {"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"},
            {"type": "network", "path": "/proc/self/ns/net"}
        ]
    }
}
CONFIG
cd "\$bundle"
unshare --mount sh -c "mount -t tmpfs none /proc/sys/net/core &&
    exec '$runsc' --root='\$bundle/run' --network=sandbox --ignore-cgroups run -bundle . guest-\$\$"
GUEST
}

cells() {
    local programs guest bundles index skips=() status=0
    programs=$(place gvisor-lab)
    guest=$programs/guest bundles=$programs/bundles
    rm -rf "$bundles"
    mkdir "$bundles"
    cargo build --quiet "${conformance_program[@]}" --example driver
    # Copies: another platform may build them at the same time.
    cp "$CARGO_TARGET_DIR/debug/conformance" "$CARGO_TARGET_DIR/debug/examples/driver" "$programs/"
    write_guest >"$guest"
    chmod +x "$guest"
    # Asked for what it can, it starts once.
    echo capabilities | timeout 60 "$guest" >"$guest.said" 2>&1 ||
        not_run "gVisor does not start here: $(tail -n 1 "$guest.said")"
    for ((index = 0; index < ${#left_out[@]}; index += 2)); do
        echo "left out: ${left_out[index]}: ${left_out[index + 1]}"
        skips+=(--skip "::${left_out[index]}_")
    done
    "$programs/conformance" run --program "gvisor=$guest" --only ::gvisor --limit 20 \
        "${skips[@]}" --platform "$platform" --report "$reports/$platform" || status=$?
    rm -rf "$bundles"
    return "$status"
}
