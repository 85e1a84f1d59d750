# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='OpenBSD: linked, not run'
target=x86_64-unknown-openbsd
only_linked x86_64-openbsd
