# shellcheck shell=bash
# shellcheck disable=SC2034 # read by ci/reach
about="Linux on sparc64, big endian, with BSD's error numbers: linked, not run, as every program ends in qemu at once"
target=sparc64-unknown-linux-gnu
only_linked sparc64-linux-gnu
