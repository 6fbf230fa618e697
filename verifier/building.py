"""Builds packages for the tests, from the page alone, with keys made on the spot.

Nothing here is used by the verifier. Every layer can be bent before the layers above it are sealed again, so that
a test reaches the inner check and not the hash that would have caught the change first.
"""

import base64
import hashlib
import hmac
import json
import struct
import zlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "example.com/ledger"
TIME = "2026-02-03T04:05:06.789Z"
TEXT = "change CHG-0001\nrevision 1\npatch web01: openssl 3.0.15 → 3.0.16\n"
ANNA, BORIS = "PER-0001", "PER-0002"


def canonical(value):
    """Canonical JSON of section 1, by the standard library's writer."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def b64(data):
    return base64.b64encode(data).decode("ascii")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def raw_public(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Signer:
    """The organisation's key."""

    def __init__(self, name=ORIGIN, seed=b"\x07" * 32):
        self.name = name
        self.private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
        data = b"\x01" + raw_public(self.private)
        self.id = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(data)}"

    def note(self, text):
        signature = self.private.sign(text.encode())
        return f"{text}\n— {self.name} {b64(self.id + signature)}\n".encode()


def tree_root(leaves):
    """MTH of RFC 6962 section 2.1, as it is defined there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return hashlib.sha256(b"\x01" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


def inclusion(m, leaves):
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return inclusion(m, leaves[:k]) + [tree_root(leaves[k:])]
    return inclusion(m - k, leaves[k:]) + [tree_root(leaves[:k])]


def consistency(m, leaves, whole=True):
    """PROOF of RFC 6962 section 2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [tree_root(leaves)]
    k = _split(n)
    if m <= k:
        return consistency(m, leaves[:k], whole) + [tree_root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [tree_root(leaves[:k])]


def _split(n):
    return 1 << ((n - 1).bit_length() - 1)


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


class Organisation:
    """A small ledger that grows entry by entry, and the packages made of it."""

    def __init__(self):
        self.signer = Signer()
        self.lines = []
        self.payloads = []
        self.last_of = {}

    def add(self, type_, subject, payload, /, **members):
        """Appends an entry; `members` override or, with None, drop members of it. Returns the index."""
        index = len(self.lines)
        salt = hashlib.sha256(b"salt %d" % index).digest()
        entry = {
            "actor": ANNA,
            "authn": "password+totp",
            "commitment": hmac.new(salt, canonical(payload), hashlib.sha256).hexdigest(),
            "id": f"01890000-0000-7000-8000-{index:012x}",
            "origin": ORIGIN,
            "subject": subject,
            "time": TIME,
            "type": type_,
            "type_v": 1,
            "v": 1,
        }
        if subject in self.last_of:
            entry["previous"] = self.last_of[subject]
        entry.update(members)
        entry = {name: value for name, value in entry.items() if value is not None}
        self.last_of[subject] = index
        self.lines.append(canonical(entry))
        if entry.get("sealed"):
            line = {"index": index, "withheld": "sealed"}
        else:
            line = {"index": index, "payload": payload, "salt": salt.hex()}
        self.payloads.append(canonical(line))
        return index

    def leaves(self, size=None):
        return [leaf(line) for line in self.lines[:size]]

    def checkpoint(self, size=None, origin=ORIGIN):
        leaves = self.leaves(size)
        return self.signer.note(f"{origin}\n{len(leaves)}\n{b64(tree_root(leaves))}\n")

    def files(self, indexes=None, since=()):
        """The ledger's files of a package, before the manifest."""
        indexes = range(len(self.lines)) if indexes is None else indexes
        leaves = self.leaves()
        proofs = [{"index": i, "path": [b64(h) for h in inclusion(i, leaves)]} for i in indexes]
        files = {
            "index.html": b"<!doctype html>\n",
            "ledger/checkpoint": self.checkpoint(),
            "ledger/entries.jsonl": b"".join(self.lines[i] + b"\n" for i in indexes),
            "ledger/payloads.jsonl": b"".join(self.payloads[i] + b"\n" for i in indexes),
            "ledger/proofs.jsonl": b"".join(canonical(p) + b"\n" for p in proofs),
        }
        if since:
            lines = [{"path": [b64(h) for h in consistency(m, leaves)], "size": m} for m in since]
            files["ledger/consistency.jsonl"] = b"".join(canonical(line) + b"\n" for line in lines)
        return files

    def seal(self, files, /, **members):
        """Adds manifest and note over whatever the files are now; `members` override or, with None, drop members."""
        sealed = {path: data for path, data in files.items() if not path.startswith("manifest.")}
        manifest = {
            "files": [
                {"path": path, "sha256": sha256(data), "size": len(data)} for path, data in sorted(sealed.items())
            ],
            "format": "tagout-package",
            "origin": ORIGIN,
            "policy_version": 1,
            "scope": {"kind": "change", "subject": "CHG-0001"},
            "time": TIME,
            "v": 1,
        }
        manifest.update(members)
        manifest = {name: value for name, value in manifest.items() if value is not None}
        return self.sign_manifest(sealed, canonical(manifest) + b"\n")

    def sign_manifest(self, files, manifest):
        note = self.signer.note(f"tagout package 1 {ORIGIN}\n{sha256(manifest)}\n")
        return {**files, "manifest.json": manifest, "manifest.note": note}


def zipped(files):
    """The archive of section 3.3; `files` is a dictionary or pairs in the order to write."""
    pairs = sorted(files.items()) if isinstance(files, dict) else files
    out, central = b"", b""
    for path, data in pairs:
        name = path.encode() if isinstance(path, str) else path
        common = struct.pack("<HHHHHIIIHH", 20, 0x0800, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        central += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + name
        out += b"PK\x03\x04" + common + name + data
    end = struct.pack("<HHHHIIH", 0, 0, len(pairs), len(pairs), len(central), len(out), 0)
    return out + central + b"PK\x05\x06" + end


def wire(*parts):
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def mpint(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


class SshKey:
    """A person's SSH key, kept in memory. Security keys are played by software: same bytes, no touch."""

    APPLICATION = b"ssh:"

    def __init__(self, kind="ssh-ed25519", flags=1, bits=2048):
        self.kind = kind
        self.flags = flags
        self.rsa_hash = "rsa-sha2-512"
        if "ed25519" in kind:
            self.private = ed25519.Ed25519PrivateKey.generate()
            inner = wire(raw_public(self.private))
        elif kind == "ssh-rsa":
            self.private = rsa.generate_private_key(65537, bits)
            numbers = self.private.public_key().public_numbers()
            inner = wire(mpint(numbers.e), mpint(numbers.n))
        else:
            curve = b"nistp384" if "384" in kind else b"nistp256"
            self.private = ec.generate_private_key(ec.SECP384R1() if "384" in kind else ec.SECP256R1())
            point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            inner = wire(curve, point)
        if kind.startswith("sk-"):
            inner += wire(self.APPLICATION)
        self.blob = wire(kind.encode()) + inner
        self.public = f"{kind} {b64(self.blob)}"

    def sign(self, message, namespace=b"tagout-approval", digest="sha512", reserved=b""):
        """An armored signature as PROTOCOL.sshsig says."""
        hashed = hashlib.new(digest, message).digest()
        signed = b"SSHSIG" + wire(namespace, reserved, digest.encode(), hashed)
        blob = b"SSHSIG" + struct.pack(">I", 1)
        blob += wire(self.blob, namespace, reserved, digest.encode(), self._inner(signed))
        return armored(blob)

    def _inner(self, signed):
        if self.kind.startswith("sk-"):
            tail = bytes([self.flags]) + struct.pack(">I", 5)
            signed = hashlib.sha256(self.APPLICATION).digest() + tail + hashlib.sha256(signed).digest()
            return wire(self.kind.encode(), self._raw(signed)) + tail
        kind = self.rsa_hash if self.kind == "ssh-rsa" else self.kind
        return wire(kind.encode(), self._raw(signed))

    def _raw(self, signed):
        if "ed25519" in self.kind:
            return self.private.sign(signed)
        if self.kind == "ssh-rsa":
            used = hashes.SHA512() if self.rsa_hash == "rsa-sha2-512" else hashes.SHA256()
            return self.private.sign(signed, padding.PKCS1v15(), used)
        used = hashes.SHA384() if "384" in self.kind else hashes.SHA256()
        return wire(*map(mpint, decode_dss_signature(self.private.sign(signed, ec.ECDSA(used)))))


class Passkey(SshKey):
    """A passkey and the browser that it is used in: section 5.3.1. Each part can be bent before it is signed."""

    APPLICATION = b"tagout.example"

    def __init__(self):
        super().__init__("sk-ecdsa-sha2-nistp256@openssh.com", flags=0x1D)
        self.origin = b"https://tagout.example"
        self.client_data = b'{"type":"webauthn.get","challenge":"%s","origin":"https://tagout.example","crossOrigin":false}'
        self.extensions = b""

    def _inner(self, signed):
        client_data = self.client_data.replace(b"%s", base64.urlsafe_b64encode(signed).rstrip(b"="))
        tail = bytes([self.flags]) + struct.pack(">I", 5)
        signed = hashlib.sha256(self.APPLICATION).digest() + tail + self.extensions + hashlib.sha256(client_data).digest()
        rest = wire(self.origin, client_data, self.extensions)
        return wire(b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", self._raw(signed)) + tail + rest


def armored(blob):
    text = b64(blob)
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "-----BEGIN SSH SIGNATURE-----\n" + "\n".join(lines) + "\n-----END SSH SIGNATURE-----\n"


def approval_message(payload, text=TEXT, subject="CHG-0001"):
    """The message of section 5.3, written out line by line."""
    comment = "".join({"\n": "\\n", "\\": "\\\\"}.get(character, character) for character in payload.get("comment", ""))
    lines = [
        "tagout approval 1",
        "origin: " + ORIGIN,
        "change: " + subject,
        "revision: " + str(payload["revision"]),
        "digest: sha256:" + payload["digest"],
        "decision: " + payload["decision"],
        "capacity: " + payload["capacity"],
        "person: " + payload["person"],
        "time: " + payload["signed_at"],
        "comment: " + comment,
        "",
        "",
    ]
    return "\n".join(lines).encode() + text.encode()


class Story:
    """The usual story: Anna asks, Boris approves, evidence is added. Tests change one thing of it."""

    def __init__(self, key=None):
        self.organisation = Organisation()
        self.key = key or SshKey()
        self.evidence = {}

    def enrol(self, person=BORIS, key_id="KEY-0001", key=None, **members):
        payload = {"key": (key or self.key).public, "key_id": key_id}
        return self.organisation.add("people.key_enrolled", person, payload, **members)

    def submit(self, text=TEXT, revision=1, **changes):
        payload = {"digest": sha256(text.encode()), "requester": ANNA, "revision": revision, "text": text}
        payload.update(changes.pop("payload", {}))
        return self.organisation.add("changes.submitted", "CHG-0001", payload, **changes)

    def decide(self, sign=None, members=None, text=TEXT, **changes):
        """Adds a decision; `changes` go into the payload before it is signed."""
        payload = {
            "capacity": "system owner",
            "decision": "approve",
            "digest": sha256(text.encode()),
            "key_id": "KEY-0001",
            "person": BORIS,
            "revision": 1,
            "signed_at": TIME,
        }
        payload.update(changes)
        payload = {name: value for name, value in payload.items() if value is not None}
        if "signature" not in changes:
            payload["signature"] = (sign or self.key.sign)(approval_message(payload, text))
        members = {"actor": BORIS, **(members or {})}
        return self.organisation.add("changes.decided", "CHG-0001", payload, **members)

    def attach(self, content=b"dpkg log\n", subject="EVD-0001", blobs=1, **changes):
        payload = {"media_type": "text/plain", "name": "dpkg.log", "sha256": sha256(content), "size": len(content)}
        payload.update(changes)
        self.evidence["evidence/" + sha256(content)] = content
        stored = [{"sha256": sha256(b"stored" + content), "size": len(content) + 28}] * blobs
        return self.organisation.add("evidence.added", subject, payload, blobs=stored or None)

    def usual(self):
        self.enrol()
        self.submit()
        self.decide(comment="looks \\ right\nto me")
        self.attach()
        return self

    def files(self, **options):
        return {**self.organisation.files(**options), **self.evidence}

    def package(self, **options):
        return self.organisation.seal(self.files(**options))
