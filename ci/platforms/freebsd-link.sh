# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='FreeBSD: linked, not run'
target=x86_64-unknown-freebsd
only_linked x86_64-freebsd
