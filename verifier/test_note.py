"""Verifier keys and base64: one way of writing each."""

import hashlib
import unittest

import building
import forms
from note import VerifierKey, open_note
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


class Notes(unittest.TestCase):
    SIGNER = building.Signer()
    KEY = VerifierKey(SIGNER.vkey)
    TEXT = "one\ntwo\n"

    def note(self, text, key_id, signature):
        return f"{text}\n— {self.SIGNER.name} {building.b64(key_id + signature)}\n".encode()

    def test_a_note_holds_with_its_text_key_id_and_signature_and_no_other(self):
        signature = self.SIGNER.private.sign(self.TEXT.encode())
        self.assertEqual(open_note(self.note(self.TEXT, self.SIGNER.id, signature), self.KEY), self.TEXT)
        bent = signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]
        for text, key_id, value in (
            ("one\nTwo\n", self.SIGNER.id, signature),
            (self.TEXT, bytes(4), signature),
            (self.TEXT, self.SIGNER.id, bent),
            (self.TEXT, self.SIGNER.id, signature[:-1]),
            (self.TEXT, self.SIGNER.id, signature + b"\0"),
            (self.TEXT, b"", signature),
        ):
            with self.assertRaises(Malformed):
                open_note(self.note(text, key_id, value), self.KEY)

    def test_the_last_line_of_the_text_is_signed_whole(self):
        signature = self.SIGNER.private.sign(b"one\n")
        joined = self.note("one\n", self.SIGNER.id, signature).replace(b"\n\n", b"\n")
        with self.assertRaises(Malformed):
            open_note(joined, self.KEY)


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
