"""What the tests ask of a package: yes, or a refusal with exactly one code."""

import unittest

import building
import verify
from note import VerifierKey
from package import ZipFiles

KEY = VerifierKey(building.Signer().vkey)


def verdict_of(files, earlier=()):
    """The verdict on a package given as files or as the bytes of an archive."""
    data = files if isinstance(files, (bytes, bytearray)) else building.zipped(files)
    return verify.judge(lambda: ZipFiles(bytes(data)), KEY, earlier)


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
