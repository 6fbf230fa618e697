"""The forms of values that the page names: hashes, ids, times, numbers, base64 (page, opening and section 2.1)."""

import binascii
import datetime
import re

from refusal import Malformed, shown

_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\.[0-9]{3}Z")

# A number from 1 with leading zeros only up to four digits, so that every id has one spelling.
_DIGITS = "(?:(?!0000)[0-9]{4}|[1-9][0-9]{4,14})"


class Form:
    """A kind of value: what people call it, the test that a value must pass, and how it is usually written.

    `written` is a pattern of canonical JSON. A value that it does not fit may be of this form all the same; one that it
    fits is, but for dates that no calendar has. Without it nothing is known.
    """

    def __init__(self, name, test, written=None):
        self.name = name
        self.test = test
        self.written = written


def _pattern(name, pattern):
    # None of these patterns fits a character that JSON escapes.
    compiled = re.compile(pattern, re.ASCII)
    return Form(name, lambda value: type(value) is str and compiled.fullmatch(value) is not None, f'"{pattern}"')


def _is_time(value):
    match = _TIME.fullmatch(value) if type(value) is str else None
    if match is None:
        return False
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return year >= 1970 and hour < 24 and minute < 60 and second < 60


def one_of(*words):
    """A string out of a closed list."""
    written = '"(?:' + "|".join(map(re.escape, words)) + ')"'
    return Form("one of " + ", ".join(words), lambda value: type(value) is str and value in words, written)


def exactly(number):
    """One number and no other."""
    return Form(str(number), lambda value: type(value) is int and value == number, str(number))


HASH = _pattern("hex of 64 digits", "[0-9a-f]{64}")
PERSON = _pattern("a person id", "PER-" + _DIGITS)
KEY_ID = _pattern("a key id", "KEY-" + _DIGITS)
SUBJECT = _pattern("a subject such as CHG-0001", "[A-Z]{2,5}-" + _DIGITS)
ORIGIN = _pattern("an origin", "[a-z0-9][a-z0-9./-]{0,126}[a-z0-9]")
UUID7 = _pattern("a UUID version 7", "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TYPE = _pattern("a type such as changes.submitted", r"[a-z_]{1,32}\.[a-z_]{1,48}")
TIME = Form("a time", _is_time, '"' + _TIME.pattern.replace("(", "(?:") + '"')
# Fifteen digits stay below 2^53, the bound of every number.
NUMBER = Form("a number", lambda value: type(value) is int, "(?:0|[1-9][0-9]{0,14})")
FROM_ONE = Form("a number from 1", lambda value: type(value) is int and value >= 1, "[1-9][0-9]{0,14}")
STRING = Form("a string", lambda value: type(value) is str)
FILLED = Form("a string of at least one character", lambda value: type(value) is str and value != "")
ONE_LINE = Form(
    "a string without control characters",
    lambda value: type(value) is str and not any(character < " " for character in value),
)
TRUE = Form("true", lambda value: value is True, "true")
OBJECT = Form("an object", lambda value: type(value) is dict)
ARRAY = Form("an array", lambda value: type(value) is list)


def check_members(value, required, optional, others_allowed):
    """Checks that an object has the required members, perhaps the optional ones, each of its form.

    `others_allowed` is True for payloads (section 5), where further members are committed to all the same.
    """
    if type(value) is not dict:
        raise Malformed("not an object")
    for name, form in required.items():
        if name not in value:
            raise Malformed(f"member `{name}` is missing")
        if not form.test(value[name]):
            raise _wrong(name, form, value[name])
    for name, form in optional.items():
        if name in value and not form.test(value[name]):
            raise _wrong(name, form, value[name])
    if not others_allowed and len(value) > len(required):
        for name in value:
            if name not in required and name not in optional:
                raise Malformed(f"member {shown(name)} is not known")


def usual_line(required, optional):
    """A pattern that fits most objects with just these members; each member's text is a group of its name."""
    line = ""
    for name in sorted([*required, *optional]):
        form = required.get(name) or optional[name]
        if form.written is not None:
            member = f'{"," if line else ""}"{name}":(?P<{name}>{form.written})'
            line += member if name in required else f"(?:{member})?"
    return re.compile(r"\{" + line + r"\}", re.ASCII)


def _wrong(name, form, value):
    return Malformed(f"`{name}` is {shown(value)} and not {form.name}")


def decode_base64(text):
    """Bytes of RFC 4648 section 4 base64 with padding and zero trailing bits; raises `Malformed` otherwise."""
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        raise Malformed("not base64") from None
    # Other spellings are read as well (other characters, padding, trailing bits), but written again otherwise.
    if binascii.b2a_base64(data, newline=False).decode("ascii") != text:
        raise Malformed("not base64 with padding and zero trailing bits")
    return data


class Hashes:
    """Reads the 32-byte hashes of proofs (section 3). Neighbours in a tree share hashes, which are decoded once."""

    def __init__(self):
        self.decoded = {}

    def path(self, path):
        """The hashes of one proof: an array of at most 64 base64 strings."""
        if type(path) is not list or len(path) > 64:
            raise Malformed("`path` is not an array of at most 64 hashes")
        hashes = []
        for text in path:
            if type(text) is not str:
                raise Malformed("`path` holds something else than base64")
            value = self.decoded.get(text)
            if value is None:
                value = decode_base64(text)
                if len(value) != 32:
                    raise Malformed("`path` holds something else than the base64 of 32 bytes")
                self.decoded[text] = value
            hashes.append(value)
        return hashes
