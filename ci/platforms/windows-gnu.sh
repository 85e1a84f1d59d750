# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='Windows, x86_64, under Wine 10'
target=x86_64-pc-windows-gnu
together=yes
# What Wine does not do as Windows does, and what is not mended yet.
left_out=(
    'binary(datagram) & test(/^a_refusal_is_told_by/)' 'Wine tells a datagram socket nothing of an unreachable port'
    'binary(options) & test(=the_error_of_a_refused_datagram_waits)' 'Wine tells a datagram socket nothing of an unreachable port'
    'binary(server_datagram) & test(=an_answer_that_was_refused_harms_nobody)' 'Wine tells a datagram socket nothing of an unreachable port'
    'binary(options) & test(=the_error_that_waits_is_taken_once)' 'Wine keeps no reset for SO_ERROR'
    'binary(connect) & test(=local_addresses_that_cannot_be_had_are_named)' 'Wine has WSAEOPNOTSUPP for an address of another family'
    'binary(datagram) & test(=an_address_of_another_family_is_an_error_that_names_it)' 'Wine has WSAEOPNOTSUPP for an address of another family'
    'binary(datagram) & test(=a_send_takes_place_even_if_the_deadline_has_passed)' 'Wine loses the port of a socket whose peer is taken away, as Linux does, and lets nobody bind it again'
    'binary(datagram) & test(=a_peer_can_be_changed_and_taken_away_and_the_port_stays)' 'the same'
    'binary(proxy_streams) & test(=a_change_in_the_middle_of_a_write_loses_nothing)' 'Wine takes longer for its 48 MB than the watchdog allows'
    'binary(datagram) & test(=a_socket_on_every_address_keeps_that_when_its_peer_is_taken_away)' 'the same'
)

# Linked by mingw-w64, run by Wine.
prepare() {
    [[ $(uname -m) == x86_64 ]] || not_run "not on x86_64"
    mingw
    std_for run
    wine
    # They would ask a cargo of their own system where the snapshots are.
    export INSTA_WORKSPACE_ROOT=$root INSTA_UPDATE=no
}
