"""Canonical JSON (page, section 1): a reader that accepts one way of writing a value and nothing else.

Python's own `json` module is never believed: it accepts white space, doubled keys, fractions and lone surrogates. What it
read is written again, and only where that gives the very same text, the careful reader below need not look as well.
"""

import json
import re

from lines import read_once
from refusal import Malformed, shown

LEVELS_MAX = 32
NUMBER_END = 2**53

# Numbers of 16 digits reach beyond 2^53; longer ones are not worth converting.
_DIGITS_MAX = 16
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_KEY = re.compile(r'"([a-z0-9_]+)":')
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(r'\\(?:(["\\bfnrt])|u00(0[0-7bef]|1[0-9a-f]))')
_SHORT = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def parse(data):
    """Returns the value written in `data` (bytes); raises `Malformed` with the byte offset otherwise."""
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start}: not UTF-8") from None
    try:
        return _at_once(text)
    except (ValueError, RecursionError):
        # Perhaps wrong; the careful reader decides, and says where.
        pass
    reader = _Reader(text)
    value, end = reader.value(0, 1)
    if end != len(text):
        raise reader.wrong(end, "something follows the value")
    return value


@read_once
def parse_object(data):
    """Like `parse`, for texts that must be one object."""
    value = parse(data)
    if type(value) is not dict:
        raise Malformed("byte 0: not an object")
    return value


def _whole(digits):
    if len(digits) > _DIGITS_MAX or digits[0] == "-" or int(digits) >= NUMBER_END:
        raise ValueError
    return int(digits)


def _refuse(_):
    raise ValueError


_DECODE = json.JSONDecoder(parse_int=_whole, parse_float=_refuse, parse_constant=_refuse).raw_decode
_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, sort_keys=True, separators=(",", ":")).encode
_KEYS = re.compile("[a-z0-9_]*")
_CONTAINERS = {dict, list}


def _at_once(text):
    """The object in a text that is surely canonical, at the speed of the standard library; raises `ValueError` otherwise.

    A doubled key, white space, another order or another escape is not written again as it stood. What would be, and is
    not canonical all the same, is looked for: `null`, keys of other characters, too many levels. `_whole` and `_refuse`
    see to the numbers.
    """
    value, _ = _DECODE(text)
    if type(value) is not dict:
        raise ValueError
    names, level = set(), [value]
    for _ in range(LEVELS_MAX):
        inner = []
        for container in level:
            if type(container) is dict:
                names.update(container)
                inner += container.values()
            else:
                inner += container
        kinds = set(map(type, inner))
        if type(None) in kinds:
            raise ValueError
        if kinds.isdisjoint(_CONTAINERS):
            break
        level = [item for item in inner if type(item) in _CONTAINERS]
    else:
        raise ValueError
    if "" in names or _KEYS.fullmatch("".join(names)) is None or _ENCODE(value) != text:
        raise ValueError
    return value


class _Reader:
    """Walks over one text. Every method takes a position and returns a value and the position after it."""

    def __init__(self, text):
        self.text = text

    def wrong(self, at, sentence):
        offset = len(self.text[:at].encode("utf-8"))
        return Malformed(f"byte {offset}: {sentence}")

    def value(self, at, level):
        first = self.text[at : at + 1]
        if first == '"':
            return self.string(at)
        if first == "{":
            return self.object(at, level)
        if first == "[":
            return self.array(at, level)
        if self.text.startswith("true", at):
            return True, at + 4
        if self.text.startswith("false", at):
            return False, at + 5
        number = _NUMBER.match(self.text, at)
        if number is None:
            raise self.wrong(at, f"no value of canonical JSON begins with {shown(first)}")
        if int(number.group()) >= NUMBER_END:
            raise self.wrong(at, "number is not below 2^53")
        return int(number.group()), number.end()

    def string(self, at):
        parts = []
        at += 1
        while True:
            plain = _PLAIN.match(self.text, at)
            parts.append(plain.group())
            at = plain.end()
            if self.text.startswith('"', at):
                return "".join(parts), at + 1
            escape = _ESCAPE.match(self.text, at)
            if escape is None:
                raise self.wrong(at, "string ends early or escapes a character in another way")
            short, code = escape.groups()
            parts.append(_SHORT[short] if short else chr(int(code, 16)))
            at = escape.end()

    def array(self, at, level):
        self.check_level(at, level)
        items = []
        at += 1
        if self.text.startswith("]", at):
            return items, at + 1
        while True:
            item, at = self.value(at, level + 1)
            items.append(item)
            if self.text.startswith("]", at):
                return items, at + 1
            if not self.text.startswith(",", at):
                raise self.wrong(at, "array goes on with neither `,` nor `]`")
            at += 1

    def object(self, at, level):
        self.check_level(at, level)
        members = {}
        at += 1
        if self.text.startswith("}", at):
            return members, at + 1
        before = ""
        while True:
            key = _KEY.match(self.text, at)
            if key is None:
                raise self.wrong(at, "key of an object is not as `[a-z0-9_]+`")
            if key.group(1) <= before:
                raise self.wrong(at, "keys of an object are not unique and in byte order")
            before = key.group(1)
            members[before], at = self.value(key.end(), level + 1)
            if self.text.startswith("}", at):
                return members, at + 1
            if not self.text.startswith(",", at):
                raise self.wrong(at, "object goes on with neither `,` nor `}`")
            at += 1

    def check_level(self, at, level):
        if level > LEVELS_MAX:
            raise self.wrong(at, f"more than {LEVELS_MAX} levels of nesting")
