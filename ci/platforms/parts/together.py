"""Runs tests all together: those of one program in one process of it.

    together.py LISTED LIMIT REST RUNNER...

nextest itself starts a process for each test, and two to know the tests of a program. That costs nothing on a machine's
own processor, and more than most tests do under an emulator.

LISTED is what `cargo nextest list --message-format json` has printed for a filter with those tests that are to be left out,
so it has the programs, and the tests of those alone that have one that is left out. Each program is run, by
`RUNNER... PROGRAM`, and gets LIMIT seconds. What did not pass so is written to REST, as a filter of nextest's: some tests
are made to have a process of their own. But a program that has not ended by its limit has found something that none of its
tests need find alone: then this fails.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

listed, limit, rest, runner = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4:]
processors = len(os.sched_getaffinity(0))
# The programs that run, each the head of a group of processes.
running = set()


def left_out(suite):
    """The names of a program's tests that are not to be run."""
    return [
        name
        for name, test in suite.get("testcases", {}).items()
        if test["filter-match"]["status"] == "matches"
    ]


def run(suite):
    """Runs a program; returns how many of its tests were run, the names of those that passed, whether that is all, and
    whether it had to be ended."""
    began = time.monotonic()
    skips = [f"--skip={name}" for name in left_out(suite)]
    program = subprocess.Popen(
        # Most of the tests wait for something most of the time.
        [*runner, suite["binary-path"], "--exact", *skips, f"--test-threads={2 * processors}"],
        cwd=suite["cwd"],
        env={**os.environ, "CARGO_MANIFEST_DIR": suite["cwd"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    running.add(program.pid)
    hung = False
    try:
        output, _ = program.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        hung = True
        os.killpg(program.pid, signal.SIGKILL)
        output, _ = program.communicate()
    running.discard(program.pid)
    output = output.decode(errors="replace").replace("\r\n", "\n")
    # Of the first such line: some tests start their program once more.
    count = int((re.findall(r"^running (\d+) tests?$", output, re.MULTILINE) or [0])[0])
    passed = set(re.findall(r"^test (\S+) (?:- should panic )?\.\.\. ok$", output, re.MULTILINE))
    results = re.findall(r"^test result: ok\. (\d+) passed; 0 failed; (\d+) ignored", output, re.MULTILINE)
    whole = program.returncode == 0 and any(int(one) + int(other) == count for one, other in results)
    # If all seem to have passed and the program says that it failed, it is not known which.
    if not whole and len(passed) >= count:
        passed = set()
    # A line of a test's own can stand in the middle of its result.
    shown = count if whole else len(passed)
    print(
        f"{suite['binary-id']:44} {shown:5} of {count:5} passed {time.monotonic() - began:7.1f} s",
        flush=True,
    )
    if hung:
        print(f"{suite['binary-id']}: not done after {limit:.0f} s; passed: {', '.join(sorted(passed))}", flush=True)
    return count, shown, (None if whole else sorted(passed)), hung


def end(signal_number, _):
    """What runs must not outlive this."""
    for pid in list(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    os._exit(128 + signal_number)


def main():
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with open(listed) as file:
        suites = list(json.load(file)["rust-suites"].values())
    # The largest first, so that the last ones are short.
    suites.sort(key=lambda suite: -os.path.getsize(suite["binary-path"]))
    with ThreadPoolExecutor(processors) as workers:
        results = list(workers.map(run, suites))
    alone = []
    for suite, (_, _, passed, _) in zip(suites, results):
        if passed is not None:
            names = "".join(f" - test(={name})" for name in passed)
            alone.append(f"(binary_id(={suite['binary-id']}){names})")
    with open(rest, "w") as file:
        file.write(" | ".join(alone))
    total, passed = sum(result[0] for result in results), sum(result[1] for result in results)
    print(f"{passed} of {total} passed beside the others of their programs", flush=True)
    # No tests at all are a mistake.
    return 1 if total == 0 or any(result[3] for result in results) else 0


sys.exit(main())
