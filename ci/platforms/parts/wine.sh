# shellcheck shell=bash
# Wine, which runs Windows' programs: from Debian trixie, unpacked and not installed.
# shellcheck disable=SC2034,SC2154 # for ci/reach, and given by it

# wine: lets cargo run the platform's programs under it.
wine() {
    local wine loader
    wine=$(place wine)
    loader=$wine/usr/lib/x86_64-linux-gnu
    wine_unpacked
    cargo_setting RUNNER "$loader/wine64"
    # Nothing of Wine's is the tests' output.
    export WINEPREFIX=$wine/prefix WINEDEBUG=-all
    # It would be a child of the first test, and outlive it. Without anybody to serve it ends by itself, after more time than
    # a build takes; it must not hold the locks of this run, nor its output, and no more may what programs start beside
    # themselves. Its folder must be there.
    mkdir -p "$WINEPREFIX"
    "$loader/wineserver" -p1200 3>&- 8>&- 9>&-
    at_end=("$loader/wineserver" -k)
    if [[ ! -e $wine/ready ]]; then
        # A window, a sound or a device is nothing to us.
        timeout 300 env WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' "$loader/wine64" wineboot -i >&2 3>&- 8>&- 9>&- ||
            not_run "Wine makes no prefix here"
        touch "$wine/ready"
    fi
    timeout 60 "$loader/wine64" cmd /c ver 3>&- 8>&- 9>&- || not_run "Wine does not start here"
}

# It looks for its parts beside the program that it is, which is the loader.
wine_unpacked() {
    local file
    [[ ! -e $wine/unpacked ]] || return 0
    debian_tree trixie "$wine" wine64
    debian_program "$wine" "$wine/usr/lib/wine/wine64" "$loader/wine64"
    debian_program "$wine" "$wine/usr/lib/wine/wineserver64" "$loader/wineserver"
    # The server looks for the tables of characters one folder lower than the others.
    ln -sfn . "$wine/usr/share/wine/wine"
    # What the package does when it is installed: mark another package's library as one of Wine's.
    file=$wine/usr/x86_64-w64-mingw32/lib/zlib1.dll
    { head -c 64 "$file"; printf 'Wine builtin DLL'; head -c 16 /dev/zero; tail -c +97 "$file"; } \
        >"$loader/wine/x86_64-windows/zlib1.dll"
    touch "$wine/unpacked"
}
