# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='GNU Hurd: checked, not run'
target=i686-unknown-hurd-gnu
only_checked
