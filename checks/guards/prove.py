#!/usr/bin/env python3
"""Proves that the guards of the pages are tested: takes each away, and sees its test fail.

usage: checks/guards/prove.py [WORD ...]      only guards whose names have one of the words

Works in this tree and puts every file back. Each test must pass as things are; then, guard by guard, the tree still
compiles without it, and its test fails. Prints one line per guard; exit 1 if any is not proven.
"""
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cargo(test, *last):
    """How `cargo test` ended, and what it printed."""
    done = subprocess.run(["cargo", "test", "-q", *test, *last], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def ran(output):
    """Whether a test was run at all: a name that fits none would prove nothing."""
    counts = [line for line in output.splitlines() if line.startswith("test result:")]
    return any(" 0 passed; 0 failed" not in line for line in counts)


def passes(test):
    """Whether the test is there and passes as things are."""
    code, output = cargo(test)
    return code == 0 and ran(output)


def prove(guard):
    """Why the guard is not proven; nothing if it is. Its test passed before."""
    path = ROOT / guard["file"]
    before = path.read_text()
    if before.count(guard["old"]) != 1:
        return "the code of the guard is not there once"
    try:
        path.write_text(before.replace(guard["old"], guard["new"]))
        build, _ = cargo(guard["test"][:-1], "--no-run")
        if build != 0:
            return "the tree does not compile without the guard"
        code, output = cargo(guard["test"])
        return "" if code != 0 and ran(output) else "NO TEST FAILS without the guard"
    finally:
        path.write_text(before)


def main():
    guards = tomllib.loads((pathlib.Path(__file__).parent / "guards.toml").read_text())["guard"]
    words = sys.argv[1:]
    chosen = [guard for guard in guards if not words or any(word in guard["name"] for word in words)]
    # Guards of one test binary one after the other: what stands below it is then compiled once for all of them.
    chosen.sort(key=lambda guard: guard["test"][:-1])
    tests = dict.fromkeys(tuple(guard["test"]) for guard in chosen)
    good = {test for test in tests if passes(test)}
    wrong = 0
    for guard in chosen:
        has_test = tuple(guard["test"]) in good
        why = prove(guard) if has_test else "the test does not pass with the guard"
        wrong += bool(why)
        test = guard["test"][-1]
        print(f"{'not proven' if why else 'proven'} | {guard['name']} | {test} | {why or 'fails without it'}", flush=True)
    print(f"{len(chosen) - wrong} of {len(chosen)} guards are proven")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
