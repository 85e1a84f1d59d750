# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # read by ci/reach, and given by it
about='Windows, x86_64, under Wine 10'
target=x86_64-pc-windows-gnu
# What Wine does not do as Windows does, and what is not mended yet.
left_out=(
    'binary(datagram) & test(/^a_refusal_is_told_by/)' 'Wine tells a datagram socket nothing of an unreachable port'
    'test(=the_error_of_a_refused_datagram_waits)' 'Wine tells a datagram socket nothing of an unreachable port'
    'test(=an_answer_that_was_refused_harms_nobody)' 'Wine tells a datagram socket nothing of an unreachable port'
    'test(=the_error_that_waits_is_taken_once)' 'Wine keeps no reset for SO_ERROR'
    'test(=local_addresses_that_cannot_be_had_are_named)' 'Wine has WSAEOPNOTSUPP for an address of another family'
    'test(=an_address_of_another_family_is_an_error_that_names_it)' 'Wine has WSAEOPNOTSUPP for an address of another family'
    'test(=a_send_takes_place_even_if_the_deadline_has_passed)' 'Wine loses the port of a socket whose peer is taken away, as Linux does, and lets nobody bind it again'
    'test(=a_peer_can_be_changed_and_taken_away_and_the_port_stays)' 'the same'
    'test(=a_socket_on_every_address_keeps_that_when_its_peer_is_taken_away)' 'the same'
    'test(=exact_reads_and_full_writes_say_how_far_they_came)' 'NOT MENDED: it does not end; the cause is not known'
    'test(=a_close_is_read_as_the_end_and_not_as_an_error)' 'NOT MENDED: after a close by plan nothing is taken and dropped there'
    'binary(server_pool)' 'NOT MENDED: a pool of two threads misses messages there'
)

# Linked by Debian's mingw-w64, run by Wine from Debian trixie, both unpacked and neither installed. Wine's programs are
# started by the loader and with the libraries of their own release, wherever they lie and whatever this machine has: no
# chroot, no namespaces, no root.
prepare() {
    [[ $(uname -m) == x86_64 ]] || not_run "not on x86_64"
    std_for run
    mingw
    wine
    cargo_setting LINKER "$mingw/linker"
    cargo_setting RUNNER "$loader/wine64"
    # Nothing of Wine's is the tests' output.
    export WINEPREFIX=$wine/prefix WINEDEBUG=-all
    # It would be a child of the first test, and outlive it.
    "$loader/wineserver" -p
    trap '"$loader/wineserver" -k || true' EXIT
    if [[ ! -e $wine/ready ]]; then
        # A window, a sound or a device is nothing to us.
        timeout 300 env WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' "$loader/wine64" wineboot -i >&2 ||
            not_run "Wine makes no prefix here"
        touch "$wine/ready"
    fi
    timeout 60 "$loader/wine64" cmd /c ver || not_run "Wine does not start here"
}

mingw() {
    local package
    mingw=$(place mingw)
    for package in gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-x86-64-win32-runtime binutils-mingw-w64-x86-64 \
        mingw-w64-x86-64-dev; do
        debian "$package" '' "$mingw" bookworm
    done
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$mingw/usr/bin/x86_64-w64-mingw32-gcc-win32" >"$mingw/linker"
    chmod +x "$mingw/linker"
}

# Wine with all that it depends on: it looks for its parts beside the program that it is, which is the loader.
wine() {
    local file name
    wine=$(place wine)
    loader=$wine/usr/lib/x86_64-linux-gnu
    [[ ! -e $wine/unpacked ]] || return 0
    needs apt-get dpkg-deb
    apt_view trixie || not_run "Debian trixie is not to be had"
    timeout 900 apt-get "${view[@]}" -qq -y --download-only --no-install-recommends install wine64 base-files >&2 ||
        not_run "Debian's wine64 is not to be had in trixie"
    # Its links from /lib and the like go first.
    for file in "$cache"/apt/trixie/cache/archives/{base-files_,}*.deb; do
        dpkg-deb -x "$file" "$wine"
    done
    rm -f "$cache"/apt/trixie/cache/archives/*.deb
    for name in wine64:wine64 wineserver:wineserver64; do
        file=$wine/usr/lib/wine/${name#*:}
        printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "%s" "%s" "$@"\n' \
            "$loader/ld-linux-x86-64.so.2" "$loader" "$file" "$file" >"$loader/${name%:*}"
        chmod +x "$loader/${name%:*}"
    done
    # The server looks for the tables of characters one folder lower than the others.
    ln -sfn . "$wine/usr/share/wine/wine"
    # What the package does when it is installed: mark another package's library as one of Wine's.
    file=$wine/usr/x86_64-w64-mingw32/lib/zlib1.dll
    { head -c 64 "$file"; printf 'Wine builtin DLL'; head -c 16 /dev/zero; tail -c +97 "$file"; } \
        >"$loader/wine/x86_64-windows/zlib1.dll"
    touch "$wine/unpacked"
}
