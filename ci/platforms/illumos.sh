# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='illumos: checked, not run'
target=x86_64-unknown-illumos
only_checked
