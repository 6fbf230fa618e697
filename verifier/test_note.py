"""Verifier keys and base64: one way of writing each."""

import hashlib
import unittest

import building
import forms
from note import VerifierKey
from refusal import Malformed


def vkey(name, data, separator=b"\n"):
    """A verifier key whose key id belongs to its name and data, whatever they are."""
    key_id = hashlib.sha256(name.encode() + separator + data).hexdigest()[:8]
    return f"{name}+{key_id}+{building.b64(data)}"


class VerifierKeys(unittest.TestCase):
    DATA = b"\x01" + building.raw_public(building.Signer().private)

    def test_keys_of_every_origin_are_read(self):
        for name in ("ab", "example.com/ledger", "a" * 128, "0.-/0"):
            self.assertEqual(VerifierKey(vkey(name, self.DATA)).public, self.DATA[1:])

    def test_keys_of_another_form_are_refused(self):
        good = vkey("example.com", self.DATA)
        name, key_id, data = good.split("+", 2)
        for text in (
            vkey("Example.com", self.DATA), vkey("a", self.DATA), vkey("a" * 129, self.DATA), vkey("", self.DATA),
            vkey("example.com/", self.DATA), vkey("example com", self.DATA), vkey("example.com", self.DATA[1:]),
            vkey("example.com", b"\x02" + self.DATA[1:]), vkey("example.com", self.DATA + b"\0"),
            vkey("example.com", self.DATA, b""), f"{name}+{key_id.upper()}A+{data}", f"{name}+00000000+{data}",
            f"{name}+{key_id}0+{data}", f"{name}+{data}", good + "\n", " " + good, good + "+", "",
        ):  # fmt: skip
            with self.assertRaises(Malformed, msg=text):
                VerifierKey(text)


class Base64(unittest.TestCase):
    def test_bytes_have_one_base64(self):
        for text, data in (("", b""), ("AA==", b"\0"), ("AAA=", b"\0\0"), ("AAAA", bytes(3)), ("+/+/", b"\xfb\xff\xbf")):
            self.assertEqual(forms.decode_base64(text), data)

    def test_every_other_text_is_refused(self):
        for text in ("A", "AA", "AA=", "AB==", "AAB=", "AAA", "AAAA=", "AAAA====", "AA==AA==", "AAA\n", " AAAA", "-_-_",
                     "AA AA", "=", "AAAA\n", "ÄAAA", "AA==\n"):  # fmt: skip
            with self.assertRaises(Malformed, msg=text):
                forms.decode_base64(text)


if __name__ == "__main__":
    unittest.main()
