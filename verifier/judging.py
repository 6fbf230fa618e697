"""What the tests ask of a package: yes, or a refusal with exactly one code.

Where TAGOUT_VERIFIER names the program, `tagout verify` judges the same packages, and both must agree.
"""

import os
import subprocess
import tempfile
import unittest

import building
import verify
from note import VerifierKey
from package import ZipFiles

KEY = VerifierKey(building.Signer().vkey)


def verdict_of(files, earlier=()):
    """The verdict on a package given as files or as the bytes of an archive."""
    data = files if isinstance(files, (bytes, bytearray)) else building.zipped(files)
    verdict = verify.judge(lambda: ZipFiles(bytes(data)), KEY, earlier)
    second = None if earlier else second_opinion(bytes(data))
    if second not in (None, verdict["verdict"]):
        raise AssertionError(f"the second verifier says {second}: {verdict}")
    return verdict


def second_opinion(data):
    """What the program says of the archive; None where there is no program to ask."""
    program = os.environ.get("TAGOUT_VERIFIER")
    if not program:
        return None
    with tempfile.TemporaryDirectory() as folder:
        package = os.path.join(folder, "package.zip")
        with open(package, "wb") as file:
            file.write(data)
        command = [program, "verify", package, "--key", building.Signer().vkey]
        code = subprocess.run(command, capture_output=True, check=False).returncode
    return {0: "yes", 1: "no"}.get(code, f"exit code {code}")


class Judged(unittest.TestCase):
    """Assertions about verdicts."""

    def assert_yes(self, files, earlier=()):
        verdict = verdict_of(files, earlier)
        self.assertEqual(verdict["verdict"], "yes", verdict)
        return verdict

    def assert_no(self, code, files, words="", earlier=()):
        verdict = verdict_of(files, earlier)
        self.assertEqual((verdict["verdict"], verdict.get("code")), ("no", code), verdict)
        self.assertIn(words, f"{verdict['place']}: {verdict['sentence']}")
        return verdict
