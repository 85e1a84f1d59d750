# shellcheck shell=bash
# Programs of other processors, under qemu's user mode: this machine's kernel, that processor's instructions.
# shellcheck disable=SC2034,SC2154 # for ci/reach, and given by it

# emulated PROCESSOR HEADER: lets cargo run the platform's programs under `qemu-PROCESSOR`. HEADER is how they begin: the
# class (1 for 32 bits, 2 for 64), the byte order (1 little, 2 big) and the machine of the ELF header, for example
# `2 2 0016`.
#
# A program under qemu that starts another one of its kind asks the kernel for it, which must then know to start qemu: that
# is what binfmt_misc is for. It is set up in a user namespace of the program's own (Linux 6.7), so nothing on the machine
# changes, and everything that starts itself anew works as it does elsewhere.
emulated() {
    local folder header
    folder=$(place "qemu-$1")
    needs unshare
    debian qemu-user 1:10 "$folder"
    read -ra header <<<"$2"
    # In this order, as binfmt_misc takes a program as its interpreter and appends the path and the arguments.
    printf '#!/bin/sh\nexec %s/usr/bin/qemu-%s "$@"\n' "$folder" "$1" >"$folder/start"
    mkdir -p "$folder/binfmt"
    cat >"$folder/run" <<WRAPPER
#!/bin/sh
# Root goes in as somebody else: in there it would have root's number and none of its rights.
number=\$(id -u) group=\$(id -g)
[ "\$number" != 0 ] || number=1000 group=1000
export number group
exec unshare --user --map-root-user --mount sh -euc '
    mount -t binfmt_misc none $folder/binfmt
    printf %s "\$0" >$folder/binfmt/register
    exec unshare --user --map-user="\$number" --map-group="\$group" -- "\$@"
' '$(binfmt_rule "${header[@]}" "$folder/start")' "\$@"
WRAPPER
    chmod +x "$folder/start" "$folder/run"
    "$folder/run" true 2>"$folder/refusal" || {
        cat "$folder/refusal" >&2
        not_run "no binfmt_misc in a user namespace here; it takes Linux 6.7 and a kernel that lets namespaces be made"
    }
    cargo_setting RUNNER "$folder/run"
    together=yes
    # The user mode of qemu does not know all calls that a private network takes, nor those of rules; what the strategies
    # draw is reckoned, for half an hour.
    except="$needs_labs_or_rules|^strategies"
    export PROPTEST_CASES=${PROPTEST_CASES:-8}
    local asleep='in /proc stands the call in which qemu sleeps, and not the one of the program'
    cells_left_out+=(::e3_ "$asleep" ::g5_ "$asleep" ::t1_ "$asleep")
    left_out+=(
        'binary(options) & test(/^a_datagram_socket_keeps_what_is_set_for_groups|^a_new_(datagram_socket|stream)_has_the_defaults|^an_algorithm_is_got_back|no_option_is_got_or_set_on_what_is_no_socket|options_of_every_socket_work_on_a_stream|^groups::(a_member_has_what_is_sent_to_its_group::by_2|what_is_no_interface)|^the_interface_is_bound_by_everybody/)'
        'the user mode of qemu does not know all options'
        'binary(proxy_streams) & test(=a_change_in_the_middle_of_a_write_loses_nothing)'
        '48 MB take minutes'
        'binary(catalogue) & test(=no_answer_without_a_scene_or_a_reason) | package(usocket-testkit) & binary(recipes) & test(/_j10?$/)'
        'the user mode of qemu takes no credentials as control data, and does not know the mark of a socket'
        'package(usocket-testkit) & binary(recipes) & test(/_(e3|g5|t1)$/)'
        "$asleep"
        'package(usocket-testkit) & binary(recipes) & test(/_h2$/)'
        'the user mode of qemu ends with a fault of its own over control data that is too long'
        'package(usocket-testkit) & binary(/^(leaks|proxy_leaks)$/)'
        'one goes through all these recipes, and the other counts the threads of qemu too'
    )
}

# What binfmt_misc is told: the first bytes of the file, and which of their bits count. The kind of file is 2 or 3, for a
# program at a fixed address or anywhere.
binfmt_rule() {
    local class=$1 order=$2 machine=$3 kind='\x00\x02' mask='\xff\xfe\xff\xff'
    machine="\\x${machine:0:2}\\x${machine:2:2}"
    if ((order == 1)); then
        kind='\x02\x00' mask='\xfe\xff\xff\xff'
        machine="${machine:4:4}${machine:0:4}"
    fi
    printf ':reach:M::\\x7fELF\\x%02x\\x%02x\\x01%s%s%s:\\xff\\xff\\xff\\xff\\xff\\xff\\xff%s%s:%s:' "$class" "$order" \
        '\x00\x00\x00\x00\x00\x00\x00\x00\x00' "$kind" "$machine" '\x00\x00\x00\x00\x00\x00\x00\x00\x00' "$mask" "$4"
}
