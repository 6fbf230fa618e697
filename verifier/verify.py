#!/usr/bin/env python3
"""Verifies an evidence package of tagout with nothing but the organisation's public key.

Written from docs/package-format.md alone. Exit codes: 0 the package holds, 1 it does not, 2 wrong use.
"""

import argparse
import gc
import json
import mmap
import os
import stat
import struct
import sys

try:
    import steps
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.split(".")[0] != "cryptography":
        raise
    print(
        "error: the Python package `cryptography` is not installed; "
        "install it with `python3 -m pip install -r requirements.txt` or `apt install python3-cryptography`",
        file=sys.stderr,
    )
    sys.exit(2)

from lines import begin_batch
from note import NOTE_BYTES_MAX, VerifierKey
from package import DirectoryFiles, ZipFiles
from refusal import Malformed, Refused

EXIT_YES, EXIT_NO, EXIT_USAGE = 0, 1, 2
_BATCH_BLOCK = 256


class WrongUse(Exception):
    """The command line cannot be carried out; nothing was said about a package."""


def judge(open_files, key, earlier=()):
    """The verdict as a dictionary: `verdict` yes with the report, or no with code, place and sentence."""
    try:
        return {"verdict": "yes", **steps.verify(open_files, key, earlier)}
    except Refused as refused:
        code, place, sentence = refused.code, refused.place, refused.sentence
    except Exception as error:  # pylint: disable=broad-except
        # A defect of the verifier must never read as a yes, nor as a traceback.
        code, place, sentence = "internal", "the verifier", f"it failed with {type(error).__name__}; tell its makers"
    return {"verdict": "no", "code": code, "place": place, "sentence": sentence}


def judge_path(path, key, earlier=()):
    """The verdict on a directory or a ZIP file; raises `WrongUse` where there is neither."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return judge(lambda: DirectoryFiles(path), key, earlier)
        if not stat.S_ISREG(mode):
            raise WrongUse(f"{path} is neither a directory nor a file")
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return judge(lambda: ZipFiles(b""), key, earlier)
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return judge(lambda: ZipFiles(data), key, earlier)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from None


def batch(key, source, sink):
    """Reads ZIPs from `source`, each as a length (4 bytes, little endian) and its bytes; writes a line per ZIP."""
    begin_batch()
    answers = []
    while True:
        head = source.read(4)
        if not head:
            break
        length = struct.unpack("<I", head)[0] if len(head) == 4 else None
        data = source.read(length) if length is not None else b""
        if len(data) != length:
            raise WrongUse("the batch ends within a record")
        verdict = judge(lambda: ZipFiles(data), key)
        answers.append("yes\n" if verdict["verdict"] == "yes" else f"no {verdict['code']}\n")
        if len(answers) == _BATCH_BLOCK:
            sink.write("".join(answers))
            sink.flush()
            answers.clear()
    sink.write("".join(answers))
    sink.flush()


def _read_key(argument):
    text = argument
    if argument.startswith("@"):
        text = _read_small(argument[1:]).decode("utf-8", "replace").strip()
    try:
        return VerifierKey(text)
    except Malformed as error:
        raise WrongUse(f"--key: {error}") from None


def _read_small(path):
    """Reads a key or a checkpoint; one byte more than allowed is enough to have it refused."""
    try:
        with open(path, "rb") as file:
            return file.read(NOTE_BYTES_MAX + 1)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from None


def _print_verdict(verdict):
    if verdict["verdict"] == "no":
        print(f"no {verdict['code']}")
        print(f"{verdict['place']}: {verdict['sentence']}")
        return
    scope = verdict["scope"]
    about = scope["subject"] if scope["kind"] == "change" else f"entries {scope['first']} to {scope['last']}"
    print("yes")
    print(f"package of {verdict['origin']} about {about}, written {verdict['time']}")
    print(f"{verdict['entries']} entries under the checkpoint of size {verdict['checkpoint_size']}")
    print(f"{verdict['decisions_checked']} decisions checked, {verdict['decisions_not_checkable']} not checkable")
    print(f"{verdict['evidence']} evidence files")
    print(f"{verdict['withheld_sealed']} payloads withheld as sealed, {verdict['withheld_redacted']} as redacted")
    if verdict["redacted_entries"]:
        print(f"destroyed payloads: entries {', '.join(map(str, verdict['redacted_entries']))}")
    print(f"{verdict['earlier_checkpoints']} earlier checkpoints continued")


def _arguments(arguments):
    parser = argparse.ArgumentParser(prog="verify.py", description="Verifies an evidence package of tagout.")
    parser.add_argument("package", nargs="?", metavar="PACKAGE", help="directory or ZIP file")
    parser.add_argument("--key", required=True, metavar="VKEY", help="verifier key, or @FILE that holds it")
    parser.add_argument("--earlier", nargs="+", action="extend", default=[], metavar="CHECKPOINT",
                        help="checkpoints received before, which the package must continue")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="write the verdict as one JSON object")
    parser.add_argument("--batch", action="store_true", help="judge ZIPs from standard input, for test harnesses")
    parsed = parser.parse_args(arguments)
    if parsed.batch == (parsed.package is not None):
        parser.error("give either a PACKAGE or --batch")
    if parsed.batch and (parsed.earlier or parsed.json):
        parser.error("--batch goes with neither --earlier nor --json")
    return parsed


def main(arguments):
    """Runs the command line and returns the exit code."""
    parsed = _arguments(arguments)
    # Nothing here refers to itself: looking for such things would find none, again and again.
    gc.disable()
    try:
        key = _read_key(parsed.key)
        if parsed.batch:
            batch(key, sys.stdin.buffer, sys.stdout)
            return EXIT_YES
        earlier = [(path, _read_small(path)) for path in parsed.earlier]
        verdict = judge_path(parsed.package, key, earlier)
    except WrongUse as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_USAGE
    if parsed.json:
        print(json.dumps(verdict, sort_keys=True))
    else:
        _print_verdict(verdict)
    return EXIT_YES if verdict["verdict"] == "yes" else EXIT_NO


if __name__ == "__main__":
    # File names on the command line may hold anything; printing them must not fail.
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
