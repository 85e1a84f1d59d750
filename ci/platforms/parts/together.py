"""Runs tests that nextest has listed: all those of one program in one process of it.

    together.py LISTED LIMIT REST RUNNER...

nextest itself starts a process for each test. That costs nothing on a machine's own processor, and more than most tests
do under an emulator.

LISTED is what `cargo nextest list --message-format json` has printed. Of its programs, the tests that fit its filter are
run, by `RUNNER... PROGRAM --exact NAMES...`; a program gets LIMIT seconds. What did not pass so is written to REST, as a
filter of nextest's: some tests are made to have a process of their own. But a program that has not ended by its limit
has found something that none of its tests need find alone: then this fails.
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


def chosen(suite):
    """The names of a program's tests that are to be run."""
    return [
        name
        for name, test in suite.get("testcases", {}).items()
        if test["filter-match"]["status"] == "matches" and not test["ignored"]
    ]


def run(suite):
    """Runs a program; returns the names of the tests that did not pass, and whether it had to be ended."""
    names, began = chosen(suite), time.monotonic()
    program = subprocess.Popen(
        # Most of the tests wait for something most of the time.
        [*runner, suite["binary-path"], "--exact", *names, f"--test-threads={2 * processors}"],
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
    failed = []
    if program.returncode != 0 or f"\ntest result: ok. {len(names)} passed; 0 failed" not in output:
        # If all seem to have passed and the program says that it failed, it is not known which.
        failed = set(names) - set(re.findall(r"^test (\S+) (?:- should panic )?\.\.\. ok$", output, re.MULTILINE))
        failed = sorted(failed or names)
    print(
        f"{suite['binary-id']:44} {len(names) - len(failed):5} of {len(names):5} passed"
        f" {time.monotonic() - began:7.1f} s",
        flush=True,
    )
    if hung:
        print(f"{suite['binary-id']}: not done after {limit:.0f} s: {', '.join(failed)}", flush=True)
    return failed, hung


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
        suites = [suite for suite in json.load(file)["rust-suites"].values() if chosen(suite)]
    # Those with the most tests first, so that the last ones are short.
    suites.sort(key=lambda suite: -len(chosen(suite)))
    with ThreadPoolExecutor(processors) as workers:
        results = list(workers.map(run, suites))
    alone = [
        f"(binary_id(={suite['binary-id']}) & test(={name}))"
        for suite, (names, _) in zip(suites, results)
        for name in names
    ]
    with open(rest, "w") as file:
        file.write(" | ".join(alone))
    total = sum(len(chosen(suite)) for suite in suites)
    print(f"{total - len(alone)} of {total} passed beside the others of their programs", flush=True)
    # A list without tests is a mistake in its filter.
    return 1 if total == 0 or any(hung for _, hung in results) else 0


sys.exit(main())
