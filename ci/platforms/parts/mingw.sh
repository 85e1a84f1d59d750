# shellcheck shell=bash
# A linker for Windows with the GNU C library: Debian's mingw-w64.

# mingw: lets cargo link for the platform's target with it. `std_for run` comes after it: the compiler asks dlltool for
# the names that std takes from Windows' libraries.
mingw() {
    local package mingw
    mingw=$(place mingw)
    for package in gcc-mingw-w64-x86-64-win32 gcc-mingw-w64-x86-64-win32-runtime binutils-mingw-w64-x86-64 \
        mingw-w64-x86-64-dev; do
        debian "$package" '' "$mingw" bookworm
    done
    cat >"$mingw/linker" <<WRAPPER
#!/bin/sh
# It leaves an empty file wherever its temporary ones are.
TMPDIR=\$(mktemp -d)
export TMPDIR
"$mingw/usr/bin/x86_64-w64-mingw32-gcc-win32" "\$@"
status=\$?
rm -rf "\$TMPDIR"
exit \$status
WRAPPER
    chmod +x "$mingw/linker"
    export PATH=$PATH:$mingw/usr/bin
    cargo_setting LINKER "$mingw/linker"
}
