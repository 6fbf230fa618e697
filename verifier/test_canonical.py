"""Canonical JSON: one way of writing each value, everything else refused with its byte."""

import random
import unittest

import building
import canonical
from refusal import Malformed

ACCEPTED = [
    (b"{}", {}),
    (b"[]", []),
    (b"0", 0),
    (b"9007199254740991", 2**53 - 1),
    (b'{"a":1,"a_b":[true,false,"x"]}', {"a": 1, "a_b": [True, False, "x"]}),
    (b'{"1":1,"_":2,"a":3}', {"1": 1, "_": 2, "a": 3}),
    (rb'"\"\\\b\t\n\f\r\u0000\u0007\u000b\u000e\u001f"', '"\\\b\t\n\f\r\0\x07\x0b\x0e\x1f'),
    ('"é/\x7f\u2028\ufeff\U0001f600"'.encode(), "é/\x7f\u2028\ufeff\U0001f600"),
]

REFUSED = [
    b"",
    b" {}",
    b"{} ",
    b"{}\n",
    b"\xef\xbb\xbf{}",
    b'{"a": 1}',
    b'{"a" :1}',
    b'{"a":1,}',
    b'{,"a":1}',
    b"[1,]",
    b"[1 ,2]",
    b"[",
    b"{",
    b'{"a"',
    b'{"a":',
    b'{"a":1',
    b"]",
    b"null",
    b"nul",
    b"True",
    b"tru",
    b"NaN",
    b"Infinity",
    b"-1",
    b"-0",
    b"+1",
    b"01",
    b"1.0",
    b"1e2",
    b"1E2",
    b"0x1",
    b"9007199254740992",
    b"99999999999999999999999",
    "١".encode(),
    b'{"a":1,"a":2}',
    b'{"b":1,"a":2}',
    b'{"A":1}',
    b'{"":1}',
    b'{"a-b":1}',
    '{"é":1}'.encode(),
    rb'{"\u0061":1}',
    rb'"\/"',
    rb'"\u0041"',
    rb'"\u001F"',
    rb'"\u0008"',
    rb'"\u000a"',
    rb'"\u007f"',
    rb'"\ud83d\ude00"',
    rb'"\x41"',
    b'"\\',
    b'"a',
    b'"\n"',
    b'"\x1f"',
    b'"\xff"',
    b'"\xc0\xaf"',
    b'"\xed\xa0\x80"',
    b"'a'",
    b"1 2",
    b"{}{}",
]


class Reader(unittest.TestCase):
    def test_canonical_texts_are_read(self):
        for text, value in ACCEPTED:
            self.assertEqual(canonical.parse(text), value)

    def test_every_other_text_is_refused(self):
        for text in REFUSED:
            with self.assertRaises(Malformed, msg=text) as caught:
                canonical.parse(text)
            self.assertRegex(str(caught.exception), "^byte [0-9]+: ")

    def test_nesting_of_32_levels_is_read_and_33_refused(self):
        for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
            canonical.parse(opened * 32 + b"0" + closed * 32)
            with self.assertRaises(Malformed):
                canonical.parse(opened * 33 + b"0" + closed * 33)
            with self.assertRaises(Malformed):
                canonical.parse(opened * 100_000)

    def test_nesting_in_an_object_ends_at_32_levels_whatever_is_innermost(self):
        for inner, its_levels in ((b"0", 0), (b'"x"', 0), (b"[]", 1), (b"{}", 1)):
            for levels in (31, 32, 33):
                arrays = levels - 1 - its_levels
                text = b'{"a":' + b"[" * arrays + inner + b"]" * arrays + b"}"
                with self.subTest(inner=inner, levels=levels):
                    self.assertEqual(_is_accepted(text), levels <= 32)

    def test_the_quick_reader_accepts_nothing_that_the_careful_one_refuses(self):
        chance = random.Random(3)
        pieces = [b"null", b"-1", b"1.0", b"\\u0041", b"\\/", b" ", b'"a":1', b'"A":1', b'"":1', b",", b"9007199254740992", b"[]", b"{}"]
        quick = 0
        for _ in range(20_000):
            text = bytearray(building.canonical({"a": _value(chance, 4), "b_1": _value(chance, 3)}))
            for _ in range(chance.randrange(3)):
                at = chance.randrange(len(text) + 1)
                text[at : at + chance.randrange(3)] = chance.choice(pieces)
            try:
                written = text.decode()
                value = canonical._at_once(written)
            except (ValueError, RecursionError):
                continue
            quick += 1
            self.assertEqual(canonical._Reader(written).value(0, 1), (value, len(written)), text)
        self.assertGreater(quick, 5_000)

    def test_the_byte_named_counts_bytes_and_not_characters(self):
        with self.assertRaisesRegex(Malformed, "^byte 5: "):
            canonical.parse('"éé'.encode())

    def test_what_is_read_writes_back_to_the_same_bytes(self):
        chance = random.Random(2)
        for _ in range(2000):
            text = building.canonical(_value(chance, 3))
            self.assertEqual(building.canonical(canonical.parse(text)), text)
            bent = bytearray(text)
            bent[chance.randrange(len(bent))] = chance.randrange(256)
            try:
                value = canonical.parse(bytes(bent))
            except Malformed:
                continue
            self.assertEqual(building.canonical(value), bytes(bent))


def _is_accepted(text):
    try:
        canonical.parse(text)
    except Malformed:
        return False
    return True


def _value(chance, depth):
    kind = chance.randrange(5 if depth else 3)
    if kind == 0:
        return chance.choice([True, False])
    if kind == 1:
        return chance.choice([0, 1, 10, 2**53 - 1, chance.randrange(2**53)])
    if kind == 2:
        return "".join(chance.choice('a"\\/\n\t\x00\x1f\x7fé→😀') for _ in range(chance.randrange(6)))
    if kind == 3:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {chance.choice(["a", "b_1", "0", "zz"]): _value(chance, depth - 1) for _ in range(chance.randrange(4))}
