# shellcheck shell=bash
# Other kernels of Linux: Debian's, in a virtual machine whose processor qemu plays, so that no device of the host is needed.
# It has no disk to live on and no network: what it is to have of this machine's files is in its memory, under the paths
# that they have here, and what comes out is handed over at the end.
# shellcheck disable=SC2154 # given by ci/reach

# linux_guest SUITE PREFIX...: lets `inside` run programs under the newest kernel of that suite whose packages begin so.
linux_guest() {
    local suite=$1 prefix package
    shift
    [[ $(rustc -vV) == *"host: x86_64-unknown-linux-gnu"* ]] || not_run "not on Linux on x86_64"
    needs xz ldd strip
    qemu=$(place qemu-system)
    debian_tree trixie "$qemu" qemu-system-x86 busybox-static
    debian_program "$qemu" "$qemu/usr/bin/qemu-system-x86_64" "$qemu/start"
    guest=$(place "guest-$platform")
    for prefix; do
        package=$(debian_newest "$suite" "$prefix" -cloud-amd64)
        [[ -n $package ]] || not_run "Debian $suite has no $prefix"
        debian "$package" '' "$guest" "$suite"
    done
    [[ -e $guest/system ]] || guest_system
    left_out+=(
        'test(=connect_without_any_limit_ends_within_three_seconds)'
        'a processor that is played, on a busy machine, does not keep to the tenth of a second'
        'package(usocket-testkit) & binary(leaks)'
        'it has every scene strike in time, of which some do not on such a processor'
        'package(usocket-testkit) & binary(/^strategies/) | test(=a_change_in_the_middle_of_a_write_loses_nothing)'
        'reckoning, and 48 MB, take minutes'
    )
    export PROPTEST_CASES=${PROPTEST_CASES:-8}
    # There, all the rights that labs and rules need are to be had.
    export USOCKET_TESTKIT_SKIP=
    # They would ask a cargo where the snapshots are.
    export INSTA_WORKSPACE_ROOT=$root INSTA_UPDATE=no
    own_programs
    inside /bin/true || not_run "the kernel does not start here"
}

# The part of its files that is the same for all programs: busybox, and the modules of networks, with the index that is
# usually made when the package is installed.
guest_system() {
    local system=$guest/system.new modules release name
    modules=$(find "$guest" -path '*/lib/modules/*' -prune -print -quit)
    release=${modules##*/}
    rm -rf "$system"
    mkdir -p "$system"/{bin,sbin,usr/bin,etc,dev,proc,sys,tmp,root,out} "$system/lib/modules/$release/kernel/drivers"
    cp "$qemu/usr/bin/busybox" "$system/bin/"
    for name in arch crypto lib net drivers/block drivers/net drivers/virtio; do
        [[ ! -d $modules/kernel/$name ]] || cp -r "$modules/kernel/$name" "$system/lib/modules/$release/kernel/$name"
    done
    # Newer packages come without these.
    cp "$modules"/modules.{builtin,order} "$system/lib/modules/$release/" 2>/dev/null || true
    find "$system/lib" -name '*.ko.xz' -exec xz --decompress {} +
    "$system/bin/busybox" depmod -b "$system" "$release"
    for name in $("$system/bin/busybox" --list); do
        [[ $name == busybox ]] || ln -s busybox "$system/bin/$name"
    done
    # Where the kernel looks for it.
    ln -s /bin/busybox "$system/sbin/modprobe"
    printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$system/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$system/etc/group"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$system/etc/hosts"
    printf 'hosts: files dns\n' >"$system/etc/nsswitch.conf"
    cp /etc/services /etc/protocols "$system/etc/" 2>/dev/null || true
    touch "$system/etc/resolv.conf"
    cat >"$system/init" <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs shm /dev/shm
chmod 1777 /tmp /dev/shm
ln -s /proc/self/fd /dev/fd
ip link set lo up
ulimit -n 1048576
modprobe virtio_pci
modprobe virtio_blk
# The kernel would load it for the first lab. Of two at once, busybox lets the second go on before it is there.
modprobe veth
uname -a
# Through a pipe: a terminal would be shown progress.
{
    sh /command
    echo $? >/status
} </dev/null 2>&1 | cat
sh /results >/dev/vda
sync
poweroff -f
INIT
    chmod +x "$system/init"
    mv "$system" "$guest/system"
}

# The programs that the tests are, those that they start, and what they read: sources, and the tables of cargo's.
guest_files() {
    local files=$1 programs libraries
    cp -a "$guest/system/." "$files"
    git ls-files -z --cached --others --exclude-standard |
        tar --create --null --files-from=- --ignore-failed-read | tar --extract --one-top-level="$files$root"
    mkdir -p "$files$CARGO_TARGET_DIR"
    programs=("$(command -v cargo-nextest)")
    if [[ -d $built ]]; then
        cp --parents -r "$built" "$files"
        mapfile -t -O 1 programs < <(sed 's/},/\n/g' "$built/binaries.json" |
            sed -n 's/.*"binary-id":"usocket\(-testkit\)\?\(::[^"]*\)\?".*"binary-path":"\([^"]*\)".*/\3/p')
    fi
    [[ ! -e $built/conformance ]] || programs+=("$built/conformance")
    # With the libraries of all of them, and the loader.
    mapfile -t libraries < <(ldd "${programs[@]}" | grep -o '/[^ ]*\.so[^ :]*' | sort -u)
    cp --parents -L "${programs[@]}" "${libraries[@]}" "$files"
    (cd "$files" && strip --strip-debug "${programs[@]#/}")
}

# inside COMMAND...: runs it in the guest, with this environment; its files in "$reports" and the record of what was
# skipped are there afterwards as if it had run here.
inside() (
    status=0 skips=$CARGO_TARGET_DIR/usocket-testkit-skips.txt
    run=$(mktemp -d "$guest/run.XXXXXX")
    trap 'rm -rf "$run"' EXIT
    mkdir "$run/files"
    guest_files "$run/files"
    mkdir -p "$run/files$reports"
    {
        exports PATH=/bin:/sbin HOME=/root
        echo "cd '$root'"
        echo "${@@Q}"
    } >"$run/files/command"
    echo "tar -c -C / status ${reports#/} \$(cd / && ls ${skips#/} 2>/dev/null)" >"$run/files/results"
    (cd "$run/files" && find . | "$guest/system/bin/busybox" cpio -o -H newc 2>/dev/null) >"$run/image"
    rm -rf "$run/files"
    truncate --size 256M "$run/out"
    "$qemu/start" -L "$qemu/usr/share/qemu" -L "$qemu/usr/share/seabios" -accel tcg,thread=multi -cpu max -smp 2 -m 6G \
        -nodefaults -display none -serial stdio -no-reboot -nic none \
        -kernel "$(find "$guest" -path '*/boot/vmlinuz-*' -o -path '*/vmlinuz' | head -n 1)" -initrd "$run/image" \
        -append 'console=ttyS0 panic=-1 quiet' -drive "file=$run/out,format=raw,if=virtio" </dev/null | sed --unbuffered 's/\r$//'
    status=$(tar -x -O -f "$run/out" status) || status=1
    tar -x -C / -f "$run/out" --exclude status || status=1
    exit "$status"
)
