"""SSH public keys and armored SSH signatures (page, sections 5.1, 5.3 and 5.3.1; PROTOCOL.sshsig, PROTOCOL.u2f)."""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

import forms
from note import ed25519_holds
from refusal import Malformed, shown

NAMESPACE = b"tagout-approval"
RSA_BITS_MIN = 2048
RSA_BITS_MAX = 8192
TEXT_BYTES_MAX = 16384
_USER_PRESENT = 0x01
_USER_VERIFIED = 0x04
_HAS_CREDENTIAL = 0x40
_HAS_EXTENSIONS = 0x80
_PASSKEY = b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
_ORIGIN = re.compile(rb"[!#-\[\]-~]+")
_ARMOR = re.compile(
    r"-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n?"
)
_DIGESTS = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA_HASHES = {b"rsa-sha2-256": hashes.SHA256, b"rsa-sha2-512": hashes.SHA512}
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P384_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973


class _Wire:
    """Reads the types of RFC 4251 section 5 from bytes, one after the other."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        piece = self.data[self.at : self.at + count]
        if len(piece) != count:
            raise Malformed("SSH data ends early")
        self.at += count
        return piece

    def number(self):
        return int.from_bytes(self.take(4), "big")

    def string(self):
        return self.take(self.number())

    def positive(self):
        data = self.string()
        if not data or data[0] > 0x7F or (data[0] == 0 and (len(data) == 1 or data[1] < 0x80)):
            raise Malformed("a number is not positive or not in its shortest form")
        return int.from_bytes(data, "big")

    def end(self):
        if self.at != len(self.data):
            raise Malformed("SSH data goes on after its end")


def _string(data):
    return len(data).to_bytes(4, "big") + data


class _Ed25519:
    """`ssh-ed25519`: RFC 8709."""

    def __init__(self, wire):
        self.public = wire.string()
        if len(self.public) != 32:
            raise Malformed("an Ed25519 key has 32 bytes")

    def holds(self, algorithm, signature, message):
        return ed25519_holds(self.public, signature, message)


class _Ecdsa:
    """`ecdsa-sha2-nistp256` and `ecdsa-sha2-nistp384`: RFC 5656."""

    def __init__(self, wire, name, curve, order, digest):
        if wire.string() != name:
            raise Malformed("the key names another curve than its algorithm")
        point = wire.string()
        if len(point) != 1 + 2 * ((curve.key_size + 7) // 8) or point[0] != 4:
            raise Malformed("the point of the key is not uncompressed")
        try:
            self.key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
        except (ValueError, UnsupportedAlgorithm):
            raise Malformed("the point of the key is not on the curve") from None
        self.order = order
        self.digest = digest

    def holds(self, algorithm, signature, message):
        wire = _Wire(signature)
        r, s = wire.positive(), wire.positive()
        wire.end()
        if r >= self.order or s >= self.order:
            return False
        try:
            self.key.verify(encode_dss_signature(r, s), message, ec.ECDSA(self.digest))
        except InvalidSignature:
            return False
        return True


class _Rsa:
    """`ssh-rsa`: RFC 4253 section 6.6, signatures of RFC 8332."""

    def __init__(self, wire):
        exponent, modulus = wire.positive(), wire.positive()
        if not RSA_BITS_MIN <= modulus.bit_length() <= RSA_BITS_MAX or modulus % 2 == 0:
            raise Malformed(f"an RSA key has an odd modulus of {RSA_BITS_MIN} to {RSA_BITS_MAX} bits")
        if not 3 <= exponent < 2**32 or exponent % 2 == 0:
            raise Malformed("an RSA key has an odd exponent from 3 to 2^32 - 1")
        try:
            self.key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        except (ValueError, UnsupportedAlgorithm):
            raise Malformed("the RSA key is not usable") from None
        self.length = (modulus.bit_length() + 7) // 8

    def holds(self, algorithm, signature, message):
        if len(signature) != self.length:
            return False
        try:
            self.key.verify(signature, message, padding.PKCS1v15(), _RSA_HASHES[algorithm]())
        except InvalidSignature:
            return False
        return True


def _p256(wire):
    return _Ecdsa(wire, b"nistp256", ec.SECP256R1(), _P256_ORDER, hashes.SHA256())


def _p384(wire):
    return _Ecdsa(wire, b"nistp384", ec.SECP384R1(), _P384_ORDER, hashes.SHA384())


# Algorithm of the key: how its blob is read, and the algorithms that its signatures may name.
_ALGORITHMS = {
    b"ssh-ed25519": (_Ed25519, {b"ssh-ed25519"}),
    b"ecdsa-sha2-nistp256": (_p256, {b"ecdsa-sha2-nistp256"}),
    b"ecdsa-sha2-nistp384": (_p384, {b"ecdsa-sha2-nistp384"}),
    b"ssh-rsa": (_Rsa, set(_RSA_HASHES)),
    b"sk-ssh-ed25519@openssh.com": (_Ed25519, {b"sk-ssh-ed25519@openssh.com"}),
    b"sk-ecdsa-sha2-nistp256@openssh.com": (_p256, {b"sk-ecdsa-sha2-nistp256@openssh.com", _PASSKEY}),
}


class PublicKey:
    """A public key as enrolled: algorithm, space, base64 (page, section 5.1)."""

    def __init__(self, text):
        """Reads the key; raises `Malformed` where it is of another kind or shape."""
        if len(text.encode("utf-8")) > TEXT_BYTES_MAX:
            raise Malformed(f"a key has at most {TEXT_BYTES_MAX} bytes")
        name, space, encoded = text.partition(" ")
        algorithm = name.encode("utf-8")
        if not space or algorithm not in _ALGORITHMS:
            raise Malformed(f"{shown(name)} is not an accepted kind of SSH key")
        self.blob = forms.decode_base64(encoded)
        wire = _Wire(self.blob)
        if wire.string() != algorithm:
            raise Malformed("the key blob names another algorithm")
        read, self.signs_with = _ALGORITHMS[algorithm]
        self.key = read(wire)
        self.application = _application(wire) if algorithm.startswith(b"sk-") else None
        wire.end()

    def check(self, armored, message):
        """Verifies an armored signature over `message` by exactly this key; raises `Malformed` otherwise."""
        wire = _Wire(_unarmored(armored))
        if wire.take(6) != b"SSHSIG" or wire.number() != 1:
            raise Malformed("not an SSH signature of version 1")
        if wire.string() != self.blob:
            raise Malformed("the signature is by another key than the enrolled one")
        if wire.string() != NAMESPACE:
            raise Malformed("the signature is for another namespace than tagout-approval")
        if wire.string() != b"":
            raise Malformed("the reserved field of the signature is not empty")
        digest = wire.string()
        if digest not in _DIGESTS:
            raise Malformed("the signature uses another hash than sha256 or sha512")
        signature = wire.string()
        wire.end()
        hashed = _DIGESTS[digest](message).digest()
        signed = b"SSHSIG" + _string(NAMESPACE) + _string(b"") + _string(digest) + _string(hashed)
        self._check_inner(signature, signed)

    def _check_inner(self, signature, signed):
        wire = _Wire(signature)
        algorithm = wire.string()
        if algorithm not in self.signs_with:
            raise Malformed(f"the signature's algorithm {shown(algorithm)} is not that of the key")
        value = wire.string()
        if self.application is not None:
            flags, counter = wire.take(1), wire.take(4)
            if not flags[0] & _USER_PRESENT:
                raise Malformed("the security key did not record that its user was present")
            extensions = b""
            if algorithm == _PASSKEY:
                origin, client_data, extensions = wire.string(), wire.string(), wire.string()
                _check_passkey(flags[0], origin, client_data, extensions, challenge=signed)
                signed = client_data
            head = hashlib.sha256(self.application).digest() + flags + counter
            signed = head + extensions + hashlib.sha256(signed).digest()
        wire.end()
        if not self.key.holds(algorithm, value, signed):
            raise Malformed("the signature does not hold")


def _application(wire):
    """What a security key signs for: text without a zero byte, where a C program would see its end."""
    application = wire.string()
    try:
        application.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("the application of the security key is not UTF-8") from None
    if b"\0" in application:
        raise Malformed("the application of the security key holds a zero byte")
    return application


def _check_passkey(flags, origin, client_data, extensions, challenge):
    """What the browser and the passkey must have said beside the signature (page, section 5.3.1)."""
    if not flags & _USER_VERIFIED:
        raise Malformed("the passkey did not record that it verified its user")
    if flags & _HAS_CREDENTIAL:
        raise Malformed("the flags are those of a new passkey")
    if bool(flags & _HAS_EXTENSIONS) != bool(extensions):
        raise Malformed("the flags and the extensions disagree")
    if _ORIGIN.fullmatch(origin) is None:
        raise Malformed("the origin is empty or holds a character that no origin has")
    encoded = base64.urlsafe_b64encode(challenge).rstrip(b"=")
    head = b'{"type":"webauthn.get","challenge":"' + encoded + b'","origin":"' + origin + b'"'
    if not client_data.startswith(head):
        raise Malformed("the client data does not begin with this challenge and this origin")
    rest = client_data[len(head) :]
    if rest != b"}" and not (rest.startswith(b",") and rest.endswith(b"}")):
        raise Malformed("the client data does not go on as a browser writes it")
    if b'"crossOrigin":true' in rest:
        raise Malformed("the passkey was used inside a page of another origin")


def _unarmored(armored):
    if len(armored.encode("utf-8")) > TEXT_BYTES_MAX:
        raise Malformed(f"a signature has at most {TEXT_BYTES_MAX} bytes")
    match = _ARMOR.fullmatch(armored)
    if match is None:
        raise Malformed("not an armored SSH signature")
    return forms.decode_base64(match.group(1).replace("\n", ""))
