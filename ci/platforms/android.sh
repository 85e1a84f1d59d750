# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='Android: checked, not run'
target=aarch64-linux-android
only_checked
