# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Windows, the other C library (msvc): checked, not run'
target=x86_64-pc-windows-msvc
only_checked
