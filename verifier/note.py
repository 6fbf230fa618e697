"""Verifier keys, signed notes, checkpoints and the accepted kind of Ed25519 (page, section 2.4)."""

import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import forms
from refusal import Malformed

NOTE_BYTES_MAX = 4096
_SIZE = re.compile("0|[1-9][0-9]{0,15}")
_KEY_ID = re.compile("[0-9a-f]{8}")

_PRIME = 2**255 - 19
# The y-coordinates of the eight points of small order: 0, 1, −1 and the two of order eight.
_ORDER_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_SMALL_ORDER = {0, 1, _PRIME - 1, _ORDER_EIGHT, _PRIME - _ORDER_EIGHT}


def ed25519_holds(public, signature, message):
    """True where the signature is valid and neither the key nor R is one of the points that the page refuses."""
    if len(public) != 32 or len(signature) != 64:
        return False
    if not (_is_accepted_point(public) and _is_accepted_point(signature[:32])):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_accepted_point(encoded):
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < _PRIME and y not in _SMALL_ORDER


class VerifierKey:
    """The organisation's public key, the only thing that a verifier trusts."""

    def __init__(self, text):
        """Reads `<name>+<key id>+<base64>`; raises `Malformed` where it is not one."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Malformed("a verifier key is written <name>+<key id>+<base64>")
        self.name, key_id, encoded = parts
        if not forms.ORIGIN.test(self.name):
            raise Malformed("the name of the verifier key is not an origin")
        data = forms.decode_base64(encoded)
        if len(data) != 33 or data[0] != 1:
            raise Malformed("the verifier key is not an Ed25519 key of 01 and 32 bytes")
        self.id = hashlib.sha256(self.name.encode("ascii") + b"\n" + data).digest()[:4]
        if _KEY_ID.fullmatch(key_id) is None or bytes.fromhex(key_id) != self.id:
            raise Malformed("the key id of the verifier key does not belong to its name and key")
        self.public = data[1:]


def open_note(data, key):
    """Returns the text of a note with exactly one signature line, by `key`; raises `Malformed` otherwise."""
    if len(data) > NOTE_BYTES_MAX:
        raise Malformed(f"a note of more than {NOTE_BYTES_MAX} bytes")
    try:
        whole = data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Malformed("the note is not UTF-8") from None
    text, gap, tail = whole.partition("\n\n")
    if not gap:
        raise Malformed("the note has no empty line before its signature")
    text += "\n"
    lead = f"— {key.name} "
    if not (tail.startswith(lead) and tail.endswith("\n") and tail.count("\n") == 1):
        raise Malformed(f"the note has not exactly one signature line, by {key.name}")
    blob = forms.decode_base64(tail[len(lead) : -1])
    if len(blob) != 68:
        raise Malformed("the signature line does not hold a key id and an Ed25519 signature")
    if blob[:4] != key.id:
        raise Malformed("the note is signed by another key of that name")
    if not ed25519_holds(key.public, blob[4:], text.encode("utf-8")):
        raise Malformed("the signature of the note does not hold")
    return text


class Checkpoint:
    """A signed head of the ledger: origin, size, root."""

    def __init__(self, data, key):
        """Reads and verifies a checkpoint; raises `Malformed`."""
        lines = open_note(data, key).split("\n")
        if len(lines) != 4 or lines[3] != "":
            raise Malformed("the text of a checkpoint has exactly three lines")
        self.origin = lines[0]
        if _SIZE.fullmatch(lines[1]) is None or int(lines[1]) >= 2**53:
            raise Malformed("the size of the checkpoint is not a number below 2^53")
        self.size = int(lines[1])
        self.root = forms.decode_base64(lines[2])
        if len(self.root) != 32:
            raise Malformed("the root of the checkpoint is not 32 bytes")
