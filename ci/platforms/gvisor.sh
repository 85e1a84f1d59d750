# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='gVisor: a kernel and a TCP/IP stack of its own; the programs of the platform musl'
target=x86_64-unknown-linux-musl
together=yes

left_out=(
    "${musl_leaves_out[@]}"
    # What conformance/fixtures/expectations/gvisor.toml holds as data, met by tests that ask for Linux's answers.
    'binary(connect) & test(/^(every_failure_is_kept_and|any_mixture_of_addresses)/)'
    'a stream to a broadcast address is tried, not refused'
    'binary(connect) & test(/^a_(connection_that_needs_no_time|refusal_is_a_refusal_at_once)/)'
    'on loopback too, whether there is a connection is known after connect has returned, and not at once'
    'binary(datagram) & test(=an_address_of_another_family_is_an_error_that_names_it)'
    'EINVAL, where Linux says EAFNOSUPPORT'
    'binary(datagram) & test(=broadcasts_are_sent_only_where_that_was_asked_for)'
    'connecting to a broadcast address is allowed without SO_BROADCAST'
    'binary(/^wait/) & test(/^one_that_is_closed_(is_ready_with_an_error|cannot_become_a_member)/) | binary(/^(datagram|stream|unix)$/) & test(/what_is_no_socket_(is_found_out_by|says_so_in)_every_call/) | binary(options) & test(/no_option_is_got_or_set_on_what_is_no_socket/)'
    'ENOTSOCK for a descriptor that was opened with O_PATH'
    'package(usocket-testkit) & binary(/^(recipes|catalogue)$/)'
    'they ask for what the catalogue promises of Linux; the conformance run goes through it with the data for gVisor'
    'package(usocket-testkit) & binary(/^(lab|faults)_/)'
    'there are no private networks here, and no rules on system calls, as the conformance run reports'
    'package(usocket-testkit) & binary(leaks)'
    'it goes through the whole catalogue, and connecting to a broadcast address takes two minutes'
    'binary(server_pool) & test(=a_stop_cuts_who_is_stuck_and_whom_nobody_serves)'
    'a blocked send is not woken by any shutdown after one of the receiving side, if something there was not read'
    # Options.
    'binary(options) & test(=a_buffer_size_out_of_the_systems_range_reads_back_as_the_end_of_it)'
    '/proc/sys/net/core/rmem_max is not the largest buffer'
    'binary(options) & test(/^a_(new_stream_has_the_defaults|stream_keeps_what_is_set)/)'
    'SO_OOBINLINE is always on'
    'binary(options) & test(/^a_(new_datagram_socket_has_the_defaults|datagram_socket_keeps_what_is_set_for_groups)/)'
    'IPV6_MULTICAST_LOOP, _HOPS and _IF are not there'
    'binary(options) & test(/options_of_every_socket_work_on_a_stream|what_a_datagram_socket_cannot_have_is_named/)'
    'IPV6_MULTICAST_LOOP, _HOPS and _IF are not there'
    'binary(options) & test(=an_accepted_stream_has_what_its_listener_has)'
    'an accepted socket does not have the IP_TTL of its listener'
    'binary(options) & test(/^groups::(a_member_has_what_is_sent_to_its_group::by_3|what_is_no_interface_says_so)/)'
    'membership of one source is not looked at, nor is an interface that does not exist'
    'binary(strategies_options) & test(=a_socket_takes_them)'
    'the same options'
    'binary(options) & test(=the_longest_timeout_is_still_one)'
    'a long SO_RCVTIMEO reads back as a negative one'
    # Descriptors and their ends.
    'binary(proxy_bytes) & test(=without_loss_all_arrives_in_order_and_then_the_end)'
    'of some hundred connections in a row one is reset in half of the runs; the cause is not known'
    'binary(descriptors) & test(=descriptors_above_1023_wait_and_none_left_is_a_condition) | binary(server_descriptors) & test(=a_server_without_descriptors_pauses_and_recovers_by_itself)'
    'accept without a free descriptor loses the connection'
    'binary(server) & test(=a_fatal_error_ends_the_server_and_join_gives_it)'
    'poll says nothing of a listener that was shut down'
    'binary(server_stop) & test(=who_waits_for_his_client_sees_the_end_and_can_still_answer)'
    'a reset takes away what has arrived and was not read yet'
    'binary(resolve) & test(=a_zone_is_an_interface)'
    'there is no /sys/class/net'
    'binary(stream) & test(=no_call_raises_sigpipe)'
    '/proc does not say which signals are pending'
    # The Unix domain.
    'binary(unix) & test(/^a_path_that_cannot_be_connected_to_is_named::case_8|^a_peer_can_be_changed_and_taken_away/)'
    'who is gone is said by other errors'
    'binary(unix) & test(=a_socket_of_another_type_says_so)'
    'ECONNREFUSED, where Linux says EPROTOTYPE'
    'binary(wait_threads) & test(/^one_that_its_owner_has_dropped_stays_a_member/)'
    'EPIPE, where Linux says ECONNREFUSED'
    'binary(unix) & test(/^an_accept_ends_when_the_listener_is_shut_down/)'
    'a listener of the Unix domain cannot be shut down'
    'binary(unix) & test(=abstract_names_need_no_file_and_are_named_with_an_at_sign)'
    'streams and datagrams share their abstract names'
    'binary(unix) & test(=what_is_forbidden_says_so)'
    'who has a peer hears others too'
    'binary(unix) & test(=datagrams_end_by_deadlines_and_cancels)'
    'an empty datagram does not arrive'
    'binary(wait_threads) & test(/^whatever_comes_is_received_once_while_members_come_and_go/)'
    'a datagram socket whose far end is gone receives nothing, instead of waiting, and again and again'
    'binary(unix) & test(=a_peer_with_the_longest_path_is_heard)'
    'the longest path is given back longer than an address can be'
)

prepare() {
    gvisor
    std_for run
    musl
    own_programs
    inside true || not_run "gVisor does not start here"
}

# inside COMMAND...: runs it in gVisor, on this machine's files, with no network but loopback. The network namespace of
# its own is for the machine's safety: gVisor may take over the interfaces that it finds.
# Through pipes: into a file, its processes write over each other. Through one for each stream: gVisor lets nobody wait for
# room in a pipe that it was given twice.
inside() {
    local start=(unshare --net "$runsc")
    ((EUID == 0)) || start=("$runsc" --rootless)
    {
        "${start[@]}" --network=none --ignore-cgroups 'do' -quiet -force-overlay=false -cwd "$root" "$@" 2>&1 >&3 3>&- |
            cat >&2
    } 3>&1 | cat
}
