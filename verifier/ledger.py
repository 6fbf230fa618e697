"""The ledger's files: checkpoint, entries, proofs, payloads (page, sections 2 and 3; steps 6 to 9 of section 4)."""

import hashlib
import hmac
import re

import canonical
import forms
import merkle
from lines import read_once
from note import Checkpoint
from refusal import Malformed, Refused

ENTRY_BYTES_MAX = 8192
PAYLOAD_LINE_BYTES_MAX = 16_777_216
# 64 hashes in base64 and the other members stay far below this.
PROOF_LINE_BYTES_MAX = 4096

# Types whose payloads section 5 or 3.2 looks into; other payloads are checked and let go.
READ_TYPES = {
    "changes.decided",
    "changes.submitted",
    "evidence.added",
    "evidence.destroyed",
    "history.redacted",
    "people.key_enrolled",
    "people.key_revoked",
}

_ENTRY_REQUIRED = {
    "actor": forms.PERSON,
    "authn": forms.one_of("setup", "invitation", "password+totp", "token", "passkey", "runner"),
    "commitment": forms.HASH,
    "id": forms.UUID7,
    "origin": forms.ORIGIN,
    "subject": forms.SUBJECT,
    "time": forms.TIME,
    "type": forms.TYPE,
    "type_v": forms.FROM_ONE,
    "v": forms.exactly(1),
}
_ENTRY_OPTIONAL = {
    "behalf": forms.PERSON,
    "blobs": forms.ARRAY,
    "cause": forms.UUID7,
    "previous": forms.NUMBER,
    "sealed": forms.TRUE,
}
_BLOB = {"sha256": forms.HASH, "size": forms.NUMBER}
_USUAL_ENTRY = forms.usual_line(_ENTRY_REQUIRED, _ENTRY_OPTIONAL)
_PROOF = {"index": forms.NUMBER, "path": forms.ARRAY}
_HASH_WRITTEN = '"[A-Za-z0-9+/]{43}="'
_USUAL_PROOF = re.compile(
    r'\{"index":(' + forms.NUMBER.written + r'),"path":\[((?:' + _HASH_WRITTEN + "(?:," + _HASH_WRITTEN + r')*)?)\]\}',
    re.ASCII,
)
_CONSISTENCY = {"path": forms.ARRAY, "size": forms.FROM_ONE}
_IN_THE_CLEAR = {"index": forms.NUMBER, "payload": forms.OBJECT, "salt": forms.HASH}
_SALT_TAIL = len(',"salt":""}') + 64


class Entry:
    """What later steps need of an entry. `payload` is None where it is withheld or no step reads it."""

    __slots__ = (
        "actor", "blobs", "commitment", "index", "leaf", "payload", "previous", "sealed",
        "subject", "type", "type_v", "withheld",
    )  # fmt: skip

    def __init__(self, members, line):
        self.actor = members["actor"]
        self.blobs = len(members.get("blobs", ()))
        self.commitment = bytes.fromhex(members["commitment"])
        self.index = None
        self.leaf = merkle.leaf_hash(line)
        self.payload = None
        self.previous = members.get("previous")
        self.sealed = "sealed" in members
        self.subject = members["subject"]
        self.type = members["type"]
        self.type_v = members["type_v"]
        self.withheld = None

    @property
    def place(self):
        return f"entry {self.index} ({self.type}, {self.subject})"


def _lines(files, path, code):
    """Splits a `.jsonl` file at its newlines, each line with the place for messages."""
    data = files.read(path)
    if not data:
        return []
    if not data.endswith(b"\n"):
        raise Refused(code, path, "the last line does not end in a newline")
    return data[:-1].split(b"\n")


def _line_place(path, number):
    return f"{path} line {number + 1}"


def check_checkpoint(files, paths, key, manifest):
    """Step 6: the checkpoint, and the form of `ledger/consistency.jsonl`. Returns both."""
    place = "ledger/checkpoint"
    try:
        checkpoint = Checkpoint(files.read(place), key)
    except Malformed as error:
        raise Refused("checkpoint", place, str(error)) from None
    if checkpoint.origin != manifest["origin"]:
        raise Refused("checkpoint", place, "its origin is not that of the manifest")
    place = "ledger/consistency.jsonl"
    consistency, before, hashes_of = {}, 0, forms.Hashes()
    for number, line in enumerate(_lines(files, place, "checkpoint") if place in paths else []):
        try:
            value = _parse_proof(line, _CONSISTENCY)
            hashes = hashes_of.path(value["path"])
            if not before < value["size"] < checkpoint.size:
                raise Malformed("sizes do not rise strictly below the checkpoint's size")
        except Malformed as error:
            raise Refused("checkpoint", _line_place(place, number), str(error)) from None
        before = value["size"]
        consistency[before] = hashes
    return checkpoint, consistency


def _parse_proof(line, members):
    if len(line) > PROOF_LINE_BYTES_MAX:
        raise Malformed("line is longer than any proof")
    value = canonical.parse_object(line)
    forms.check_members(value, members, {}, others_allowed=False)
    return value


def check_entries(files, manifest):
    """Step 7: every line is an entry of this ledger, no id stands twice."""
    path = "ledger/entries.jsonl"
    entries, ids = [], set()
    for number, line in enumerate(_lines(files, path, "entries")):
        try:
            members = _parse_entry(line)
            if members["origin"] != manifest["origin"]:
                raise Malformed("its origin is not that of the manifest")
            if members["id"] in ids:
                raise Malformed("its id stands at an earlier entry as well")
        except Malformed as error:
            raise Refused("entries", _line_place(path, number), str(error)) from None
        ids.add(members["id"])
        entries.append(Entry(members, line))
    return entries


@read_once
def _parse_entry(line):
    if len(line) > ENTRY_BYTES_MAX:
        raise Malformed(f"longer than {ENTRY_BYTES_MAX} bytes")
    usual = _usual_entry(line)
    if usual is not None:
        return usual
    members = canonical.parse_object(line)
    forms.check_members(members, _ENTRY_REQUIRED, _ENTRY_OPTIONAL, others_allowed=False)
    if "blobs" in members:
        if not members["blobs"]:
            raise Malformed("`blobs` is empty")
        for blob in members["blobs"]:
            forms.check_members(blob, _BLOB, {}, others_allowed=False)
    return members


def _usual_entry(line):
    """The members of an entry that one pattern shows to be right; None where the careful way must look."""
    match = _USUAL_ENTRY.fullmatch(line.decode("latin-1"))
    if match is None:
        return None
    members = {}
    for name, text in match.groupdict().items():
        if text is not None:
            members[name] = text[1:-1] if text[0] == '"' else text == "true" or int(text)
    return members if forms.TIME.test(members["time"]) else None


@read_once
def _read_proof(line):
    """Index and path of a line of proofs, its hashes still in base64."""
    usual = _USUAL_PROOF.fullmatch(line.decode("latin-1")) if len(line) <= PROOF_LINE_BYTES_MAX else None
    if usual is not None:
        return int(usual.group(1)), usual.group(2)[1:-1].split('","') if usual.group(2) else []
    value = _parse_proof(line, _PROOF)
    return value["index"], value["path"]


def check_proofs(files, entries, checkpoint):
    """Step 8: each entry stands in the tree under the checkpoint, at a strictly rising index."""
    path = "ledger/proofs.jsonl"
    lines = _lines(files, path, "proofs")
    if len(lines) != len(entries):
        raise Refused("proofs", path, f"{len(lines)} lines for {len(entries)} entries")
    before, hashes_of, inclusions = -1, forms.Hashes(), merkle.Inclusions(checkpoint.size, checkpoint.root)
    for number, (line, entry) in enumerate(zip(lines, entries)):
        try:
            index, path_written = _read_proof(line)
            hashes = hashes_of.path(path_written)
            if not before < index < checkpoint.size:
                raise Malformed("indexes do not rise strictly below the checkpoint's size")
            if not inclusions.holds(index, entry.leaf, hashes):
                raise Malformed("the proof does not lead from the entry to the checkpoint's root")
        except Malformed as error:
            raise Refused("proofs", _line_place(path, number), str(error)) from None
        before = entry.index = index


def check_payloads(files, entries):
    """Step 9: every payload agrees with its commitment, or is withheld for a reason that stands in the package."""
    path = "ledger/payloads.jsonl"
    lines = _lines(files, path, "payloads")
    if len(lines) != len(entries):
        raise Refused("payloads", path, f"{len(lines)} lines for {len(entries)} entries")
    redactions = []
    for number, (line, entry) in enumerate(zip(lines, entries)):
        try:
            by = _read_payload(line, entry)
        except Malformed as error:
            raise Refused("payloads", _line_place(path, number), str(error)) from None
        if by is not None:
            redactions.append((number, entry, by))
    by_index = {entry.index: entry for entry in entries}
    for number, entry, by in redactions:
        if not _is_redaction(by_index.get(by), by, entry.index):
            sentence = f"entry {by} is no readable redaction of this one"
            raise Refused("payloads", _line_place(path, number), sentence)


def _read_payload(line, entry):
    """Checks one line of section 3.2. Returns the index of the redacting entry where it names one."""
    if len(line) > PAYLOAD_LINE_BYTES_MAX:
        raise Malformed(f"longer than {PAYLOAD_LINE_BYTES_MAX} bytes")
    value = canonical.parse_object(line)
    if type(value.get("index")) is not int or value["index"] != entry.index:
        raise Malformed(f"`index` is not {entry.index}, that of the entry")
    if "withheld" in value:
        return _read_withheld(value, entry)
    forms.check_members(value, _IN_THE_CLEAR, {}, others_allowed=False)
    if entry.sealed:
        raise Malformed("the payload of a sealed entry is in the package")
    head = b'{"index":%d,"payload":' % entry.index
    payload = line[len(head) : -_SALT_TAIL]
    if hmac.digest(bytes.fromhex(value["salt"]), payload, "sha256") != entry.commitment:
        raise Malformed("payload and salt do not agree with the entry's commitment")
    if entry.type in READ_TYPES:
        entry.payload = value["payload"]
    return None


def _read_withheld(value, entry):
    if value == {"index": entry.index, "withheld": "sealed"}:
        if not entry.sealed:
            raise Malformed("withheld as sealed, but the entry is not sealed")
        entry.withheld = "sealed"
        return None
    forms.check_members(
        value,
        {"by": forms.NUMBER, "index": forms.NUMBER, "withheld": forms.one_of("redacted")},
        {},
        others_allowed=False,
    )
    if entry.sealed:
        raise Malformed("a sealed entry is withheld as sealed and in no other way")
    entry.withheld = "redacted"
    return value["by"]


def _is_redaction(redacting, by, index):
    return (
        redacting is not None
        and by > index
        and redacting.type == "history.redacted"
        and redacting.type_v == 1
        and redacting.payload is not None
        and type(redacting.payload.get("entry")) is int
        and redacting.payload["entry"] == index
    )
