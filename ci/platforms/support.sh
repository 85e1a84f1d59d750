# shellcheck shell=bash
# What the platforms share: `ci/reach` sources this file, then the platform's own, in a process of the platform's, with
# `set -euo pipefail`. A platform's file sets
#
#   about='Linux on s390x, big endian'       # one line
#   target=s390x-unknown-linux-gnu           # Rust's name for it
#   extended=                                # not empty: only with --extended, or when named
#   limit=3000                               # seconds until the watchdog ends it; this is the default
#   together=                                # not empty: to start a process costs more than a test (see `suite`, `cells`)
#   left_out=(NAME REASON ...)               # tests that this platform cannot pass, and why (see `suite`)
#   cells_left_out=(TEXT REASON ...)         # the same of the conformance run: cells with this in their names
#   except=                                  # not empty: the files of tests that are not even built; see `selected`
#   steps=(tests cells)                      # what is run; this is the default
#
# and defines `prepare`, which gets all parts and exports what cargo is to know; what must end with the platform, it leaves
# as a command in `at_end`. In place of `tests` and `cells`, below, it may define its own, and any other that `steps` names.
# The functions for the parts are in ci/platforms/parts. Given are
#
#   $root, $cache    the repository, and the folder for all that is made
#   $platform        its name
#   $whole           empty if it is run among the default set, where everything is to be done within minutes
#   $rows            how the names of files begin that are removed when the run ends
#   $reports         the folder for reports of the conformance run
# shellcheck disable=SC2034,SC2154 # set here and used there, and the other way round

extended=
limit=3000
together=
left_out=()
cells_left_out=()
except=
steps=(tests cells)
# What cargo is to build of: for the tests among the default set, and for the conformance run with the same features, so that
# the libraries and their dependencies are built once. (A test too: what tests depend on may have features in the others.
# No fixtures of rstest, since its macros share more with those of the conformance run; and no seam of the testkit's, with
# which that run would do more than the platform can.)
# shellcheck disable=SC2054 # as cargo has it
libraries=(-p usocket -p usocket-testkit --features usocket/seam,usocket/tracing,usocket-testkit/proptest)
conformance_program=("${libraries[@]}" -p usocket-conformance --bin conformance --test elsewhere)

# The environment's flags would take the place of those for the target.
unset RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
# What the machine's own builds go by.
mapfile -t outer < <(env | grep -E '^CARGO_(TARGET_DIR|INCREMENTAL|PROFILE_DEV_[A-Z]+)=')

# All cross builds in one folder of the cache. Without what serves the next build or a debugger: a tenth of the size.
export CARGO_TARGET_DIR=$cache/target CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_STRIP=debuginfo
export NEXTEST_PROFILE=${NEXTEST_PROFILE:-reach}
[[ -n $whole ]] || export PROPTEST_CASES=${PROPTEST_CASES:-8}
# Where a platform has no labs, or no rules on system calls, its tests say so and are recorded as skipped.
export USOCKET_TESTKIT_SKIP=${USOCKET_TESTKIT_SKIP-lab,faults}

# not_run REASON: ends the platform, which was then not run.
not_run() {
    echo "$platform: not run: $*" >&2
    echo "$*" >"$rows.$platform.reason"
    exit 77
}

# needs COMMAND...: what the machine must have.
needs() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || not_run "no $command on this machine"
    done
}

# place NAME: prints the path of a folder of the cache for what the calling file makes, another one whenever that file or
# the compiler changes.
place() {
    local hash
    hash=$(cat "${BASH_SOURCE[1]}" <(rustc -vV) | sha256sum | cut -c 1-12)
    mkdir -p "$cache/$1-$hash"
    echo "$cache/$1-$hash"
}

# cargo_setting NAME VALUE: exports cargo's variable of that name for the platform's target, for example LINKER.
cargo_setting() {
    local variable=CARGO_TARGET_${target//[-.]/_}_$1
    export "${variable^^}=$2"
}

# cargo_settled NAME: prints it.
cargo_settled() {
    local variable=CARGO_TARGET_${target//[-.]/_}_$1
    variable=${variable^^}
    echo "${!variable:-}"
}

# cargo_flags FLAG...: adds flags for the compiler to those for the platform's target.
cargo_flags() {
    local variable=CARGO_TARGET_${target//[-.]/_}_RUSTFLAGS
    variable=${variable^^}
    export "$variable=${!variable:-} $*"
}

# suite ARGUMENTS...: the tests under nextest, each in a process of its own and with an end, but for those in `left_out`.
# There a NAME is a filter of nextest's, for example `binary(leaks) & test(=a_name)`. A report of what was skipped
# because the platform lacks it closes the run.
#
# With `together`, the tests of a program run in one process at first; only those that do not pass so get one of their own,
# which then counts.
suite() {
    cargo nextest --version >/dev/null 2>&1 || not_run "no cargo-nextest on this machine"
    local without='none()' index skips=$CARGO_TARGET_DIR status=0
    # The nearest folder that cargo marks as its own.
    [[ ! -e $CARGO_TARGET_DIR/$target/CACHEDIR.TAG ]] || skips+=/$target
    skips+=/usocket-testkit-skips.txt
    for ((index = 0; index < ${#left_out[@]}; index += 2)); do
        echo "left out: ${left_out[index]}: ${left_out[index + 1]}"
        without+=" | (${left_out[index]})"
    done
    local filter="default() - ($without)"
    rm -f "$skips"
    if [[ -n $together ]]; then
        suite_together "$without" "$@"
        [[ -s $rows.$platform.rest ]] || return 0
        filter="($(<"$rows.$platform.rest")) & ($filter)"
    fi
    # Most of the tests wait for something most of the time.
    nextest run -E "$filter" --test-threads "$((2 * $(nproc)))" "$@" || status=$?
    if [[ -s $skips ]]; then
        echo "skipped, because the platform lacks what they need: $(sort -u "$skips" | wc -l) tests, as"
        sed 's/^[^ ]* [^ ]*: //' "$skips" | sort | uniq -c | sort -rn | cut -c 1-200 | head -n 8
    fi
    return "$status"
}

# suite_together FILTER ARGUMENTS...: the tests without these, all of one program in one process of it. The filter for those
# that have not passed is in the file "$rows.$platform.rest" then.
suite_together() {
    local runner
    needs python3
    runner=$(cargo_settled RUNNER)
    # Only programs that FILTER names are started for it.
    nextest list -E "$1" "${@:2}" --message-format json >"$rows.$platform.listed"
    within python3 "$root/ci/platforms/parts/together.py" "$rows.$platform.listed" 240 "$rows.$platform.rest" \
        ${runner:+"$runner"}
}

# Where nextest and its like run, for platforms where that is somewhere else: see `own_programs`.
within() {
    "$@"
}

# How nextest and the conformance program run, for platforms where that is another way.
nextest() {
    cargo nextest "$@" --target "$target"
}

conformance() {
    local program=$CARGO_TARGET_DIR/$target/debug/conformance runner
    cargo build --quiet --target "$target" "${conformance_program[@]}"
    [[ $target != *-windows-* ]] || program+=.exe
    runner=$(cargo_settled RUNNER)
    # What runs here can put the reports of all platforms together too.
    [[ -n $runner ]] || echo "$program" >"$rows.merging"
    # No quotes: there need not be a runner.
    # shellcheck disable=SC2086
    $runner "$program" "$@"
}

tests() {
    local selected
    selected
    suite "${selected[@]}"
}

# The files of tests that are about labs or rules on system calls, and nothing else. What else needs them says so where
# there are none, and is recorded as skipped.
needs_labs_or_rules='^lab_|^faults_|_(lab|rules|networks)$|_lab_'

# selected: sets `selected`, the tests that cargo is to build: all of them, but for the files whose names fit `except`. Among
# the default set it is what every platform can run.
selected() {
    local names except=$except
    selected=(-p usocket -p usocket-testkit --all-features --lib)
    if [[ -z $whole ]]; then
        selected=("${libraries[@]}" --lib)
        except=${except:-$needs_labs_or_rules}
    fi
    if [[ -z $except ]]; then
        selected+=(--tests)
    else
        mapfile -t names < <(basename -s .rs usocket/tests/*.rs usocket-testkit/tests/*.rs | grep -Ev "$except")
        selected+=("${names[@]/#/--test=}")
    fi
}

# The conformance run, by the platform's own build: usocket beside std, and by both its ways if it is not among the default
# set.
cells() {
    local index options=()
    [[ -z $together ]] || options+=(--together)
    [[ -n $whole ]] || options+=(--skip ::usocket_waiting)
    for ((index = 0; index < ${#cells_left_out[@]}; index += 2)); do
        echo "left out: ${cells_left_out[index]}: ${cells_left_out[index + 1]}"
        options+=(--skip "${cells_left_out[index]}")
    done
    conformance run --platform "$platform" --report "$reports/$platform" --limit 30 \
        --skip ::socket2 --skip ::rustix --skip ::mio --skip ::tokio --skip ::async_io "${options[@]}"
}

# only_checked: for a platform whose programs run nowhere here. The compiler reads all code for it, and clippy too; among
# the default set, that of the libraries.
# shellcheck disable=SC2317 # ci/reach calls them
only_checked() {
    steps=(check)
    prepare() {
        std_for check
    }
    check() {
        local code=(-p usocket -p usocket-testkit --all-features)
        [[ -z $whole ]] || code+=(-p usocket-conformance --lib --bins --tests --examples)
        cargo clippy --quiet --keep-going --target "$target" "${code[@]}" -- -D warnings
    }
}

for part in "$root"/ci/platforms/parts/*.sh; do
    # shellcheck disable=SC1090 # all of them
    source "$part"
done
