# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about='macOS on aarch64: linked, not run'
target=aarch64-apple-darwin
only_linked aarch64-macos
