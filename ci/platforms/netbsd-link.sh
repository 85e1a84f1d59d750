# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='NetBSD: linked, not run'
target=x86_64-unknown-netbsd
only_linked x86_64-netbsd
