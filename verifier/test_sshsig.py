"""SSH keys and signatures: made by the real `ssh-keygen`, bent, and at the limits that the page names."""

import copy
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

import building
import note
from building import Passkey, SshKey, Story, wire
from judging import Judged
from refusal import Malformed
from sshsig import TEXT_BYTES_MAX, PublicKey

MESSAGE = b"tagout approval 1\n"


class RealSshKeygen(Judged):
    def setUp(self):
        if shutil.which("ssh-keygen") is None:
            self.skipTest("skipped: no ssh-keygen on this machine")
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_keygen(self, *arguments, given=b""):
        return subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, cwd=self.folder, check=True)

    def test_decisions_signed_by_ssh_keygen_hold(self):
        for kind, bits in (("ed25519", "256"), ("ecdsa", "256"), ("ecdsa", "384"), ("rsa", "2048"), ("rsa", "3072")):
            for digest in ("sha256", "sha512"):
                name = f"{kind}-{bits}-{digest}"
                self.run_keygen("-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", name)
                key = SshKey()
                key.public = (self.folder / f"{name}.pub").read_text().strip()
                story = Story(key)
                story.enrol()
                story.submit()
                arguments = ("-Y", "sign", "-O", f"hashalg={digest}", "-n", "tagout-approval", "-f", name)
                story.decide(
                    sign=lambda message, arguments=arguments: self.run_keygen(*arguments, given=message).stdout.decode(),
                    comment="two\nlines",
                )
                self.assertEqual(self.assert_yes(story.package())["decisions_checked"], 1, name)

    def test_a_key_of_another_curve_or_length_is_refused(self):
        for kind, bits in (("ecdsa", "521"), ("rsa", "1024")):
            self.run_keygen("-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", f"{kind}-{bits}")
            with self.assertRaises(Malformed):
                PublicKey((self.folder / f"{kind}-{bits}.pub").read_text().strip())

    def test_signatures_of_the_tests_own_keys_satisfy_ssh_keygen(self):
        for kind in ("ssh-ed25519", "ecdsa-sha2-nistp384", "ssh-rsa", "sk-ssh-ed25519@openssh.com",
                     "sk-ecdsa-sha2-nistp256@openssh.com"):  # fmt: skip
            self.assert_satisfied(SshKey(kind))

    def test_signatures_of_passkeys_satisfy_ssh_keygen(self):
        extended = Passkey()
        extended.flags, extended.extensions = 0x85, b"\xa1\x65thing\xf5"
        for key in (Passkey(), extended):
            self.assert_satisfied(key)
            PublicKey(key.public).check(key.sign(MESSAGE), MESSAGE)

    def assert_satisfied(self, key):
        (self.folder / "allowed").write_text(f"boris {key.public}\n")
        (self.folder / "signature").write_text(key.sign(MESSAGE))
        self.run_keygen(
            "-Y", "verify", "-f", "allowed", "-I", "boris", "-n", "tagout-approval", "-s", "signature", given=MESSAGE
        )


class BentSignatures(unittest.TestCase):
    KEYS = [SshKey(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa", "sk-ssh-ed25519@openssh.com")]
    KEYS.append(Passkey())

    def test_every_bent_byte_of_a_signature_is_refused(self):
        chance = random.Random(6)
        for key in self.KEYS:
            public = PublicKey(key.public)
            blob = building.base64.b64decode("".join(key.sign(MESSAGE).splitlines()[1:-1]))
            public.check(building.armored(blob), MESSAGE)
            for at in range(len(blob)):
                bent = bytearray(blob)
                bent[at] ^= 1 << chance.randrange(8)
                with self.assertRaises(Malformed, msg=(key.kind, at)):
                    public.check(building.armored(bytes(bent)), MESSAGE)
            for length in range(len(blob)):
                with self.assertRaises(Malformed):
                    public.check(building.armored(blob[:length]), MESSAGE)
            with self.assertRaises(Malformed):
                public.check(building.armored(blob + b"\0"), MESSAGE)

    def test_every_bent_byte_of_a_key_is_refused_or_another_key(self):
        for key in self.KEYS:
            armored = key.sign(MESSAGE)
            for at in range(len(key.blob)):
                bent = bytearray(key.blob)
                bent[at] ^= 4
                with self.assertRaises(Malformed):
                    PublicKey(f"{key.kind} {building.b64(bytes(bent))}").check(armored, MESSAGE)

    def test_armour_has_one_form(self):
        key = self.KEYS[0]
        public, good = PublicKey(key.public), key.sign(MESSAGE)
        body = "".join(good.splitlines()[1:-1])
        begin, end = good.splitlines()[0], good.splitlines()[-1]
        wide = "\n".join(body[at : at + 76] for at in range(0, len(body), 76))
        too_wide = "\n".join(body[at : at + 77] for at in range(0, len(body), 77))
        for armored in (good, good[:-1], f"{begin}\n{wide}\n{end}\n"):
            public.check(armored, MESSAGE)
        for armored in (
            "", good + "\n", "\n" + good, good.replace("\n", "\r\n"), good.replace("\n", "\n\n", 1), good[1:], body,
            f"{begin}\n{too_wide}\n{end}\n", good.replace("SSH", "PGP"), f"{begin}\n{end}\n", good.replace("\n", " \n"),
        ):  # fmt: skip
            with self.assertRaises(Malformed, msg=armored):
                public.check(armored, MESSAGE)


class Passkeys(unittest.TestCase):
    """Section 5.3.1, rule by rule: everything is signed as it stands, so only the rule can refuse it."""

    KEY = Passkey()
    GET = KEY.client_data

    def holds(self, **bent):
        key = copy.copy(self.KEY)
        for name, value in bent.items():
            setattr(key, name, value)
        try:
            PublicKey(key.public).check(key.sign(MESSAGE), MESSAGE)
        except Malformed:
            return False
        return True

    def test_flags_say_that_the_user_was_verified_and_what_follows(self):
        for flags in range(256):
            for extensions in (b"", b"\xa0"):
                is_right = flags & 0x45 == 0x05 and bool(flags & 0x80) == bool(extensions)
                self.assertEqual(self.holds(flags=flags, extensions=extensions), is_right, (flags, extensions))

    def test_client_data_stands_as_browsers_write_it(self):
        head = self.GET.partition(b',"crossOrigin"')[0]
        for rest in (b"}", b',"crossOrigin":false}', b',"crossOrigin":false,"other":{"deep":[]}}', b",}"):
            self.assertTrue(self.holds(client_data=head + rest), rest)
        for client_data in (
            head, head + b"}}", head + b" }", head + b',"crossOrigin":true}', head + b',"x":1,"crossOrigin":true}',
            head + b',"crossOrigin":false', b" " + self.GET, self.GET.replace(b"get", b"create"), b"",
            self.GET.replace(b"%s", b""), self.GET.replace(b"%s", b"%s="), self.GET.replace(b"%s", b"A%s"),
            self.GET.replace(b'"type"', b'"type" '), self.GET.replace(b".example", b".example:8443"),
        ):  # fmt: skip
            self.assertFalse(self.holds(client_data=client_data), client_data)

    def test_the_origin_is_that_of_the_client_data_and_has_no_odd_characters(self):
        usual = Passkey().origin
        for byte in range(256):
            origin = usual + bytes([byte])
            is_right = 0x21 <= byte <= 0x7E and byte not in b'"\\'
            client_data = self.GET.replace(usual, origin)
            self.assertEqual(self.holds(origin=origin, client_data=client_data), is_right, byte)
            self.assertFalse(self.holds(origin=origin))
        self.assertFalse(self.holds(origin=b"", client_data=self.GET.replace(usual, b"")))

    def test_a_signature_has_a_most_of_bytes(self):
        key = Passkey()
        public = PublicKey(key.public)

        def signature(filling):
            key.client_data = self.GET[:-1] + b',"x":"' + b"y" * filling + b'"}'
            return key.sign(MESSAGE)

        # Two signatures of one text differ in length by a byte or two, so the one that was measured is the one that is checked.
        signatures = (signature(filling) for filling in range(12_500, 11_000, -1))
        too_long = next(signatures)
        longest = next(text for text in signatures if len(text) <= TEXT_BYTES_MAX)
        public.check(longest, MESSAGE)
        with self.assertRaises(Malformed):
            public.check(too_long, MESSAGE)

    def test_the_form_belongs_to_no_other_kind_of_key(self):
        for kind in ("sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256"):
            key, passkey = SshKey(kind), Passkey()
            passkey.blob = key.blob
            with self.assertRaises(Malformed):
                PublicKey(key.public).check(passkey.sign(MESSAGE), MESSAGE)


class KeyLimits(unittest.TestCase):
    @staticmethod
    def rsa(exponent, modulus):
        return "ssh-rsa " + building.b64(wire(b"ssh-rsa", exponent, modulus))

    def assert_refused(self, text):
        with self.assertRaises(Malformed, msg=text):
            PublicKey(text)

    def test_rsa_keys_have_a_length_and_an_exponent_between_limits(self):
        exponent = building.mpint(65537)
        for bits, is_accepted in ((2047, False), (2048, True), (8192, True), (8193, False)):
            text = self.rsa(exponent, building.mpint((1 << (bits - 1)) + 1))
            if is_accepted:
                PublicKey(text)
            else:
                self.assert_refused(text)
        modulus = (1 << 2047) + 1
        PublicKey(self.rsa(building.mpint(3), building.mpint(modulus)))
        PublicKey(self.rsa(building.mpint(2**32 - 1), building.mpint(modulus)))
        for number in (1, 2, 4, 2**32 + 1):
            self.assert_refused(self.rsa(building.mpint(number), building.mpint(modulus)))
        self.assert_refused(self.rsa(exponent, building.mpint(modulus + 1)))
        self.assert_refused(self.rsa(exponent, b"\0" + building.mpint(modulus)))
        self.assert_refused(self.rsa(exponent, building.mpint(modulus)[1:]))
        self.assert_refused(self.rsa(b"", building.mpint(modulus)))

    def test_ecdsa_points_are_uncompressed_and_on_their_curve(self):
        kind = b"ecdsa-sha2-nistp256"
        good = SshKey(kind.decode())
        point = good.blob[-65:]
        compressed = bytes([2 + point[64] % 2]) + point[1:33]
        for curve, bent in (
            (b"nistp256", compressed),
            (b"nistp256", point[:-1] + bytes([point[-1] ^ 1])),
            (b"nistp256", b"\x00"),
            (b"nistp256", b"\x06" + point[1:]),
            (b"nistp384", point),
        ):
            self.assert_refused(f"{kind.decode()} {building.b64(wire(kind, curve, bent))}")

    def test_the_blob_names_the_algorithm_of_the_text(self):
        raw = building.raw_public(building.Signer().private)
        PublicKey("ssh-ed25519 " + building.b64(wire(b"ssh-ed25519", raw)))
        for name in (b"ssh-ed25518", b"", b"ssh-ed25519\0", b"sk-ssh-ed25519@openssh.com"):
            self.assert_refused("ssh-ed25519 " + building.b64(wire(name, raw)))

    def test_the_application_of_a_security_key_is_text_without_a_zero_byte(self):
        kind = "sk-ssh-ed25519@openssh.com"
        raw = building.raw_public(building.Signer().private)
        for application, is_accepted in ((b"ssh:", True), (b"", True), (b"ssh:\0", False), (b"\xff", False)):
            text = f"{kind} {building.b64(wire(kind.encode(), raw, application))}"
            if is_accepted:
                PublicKey(text)
            else:
                self.assert_refused(text)

    def test_a_key_has_a_most_of_bytes(self):
        kind = "sk-ssh-ed25519@openssh.com"
        raw = building.raw_public(building.Signer().private)
        for length, is_accepted in ((12_197, True), (12_198, False)):
            text = f"{kind} {building.b64(wire(kind.encode(), raw, b'x' * length))}"
            self.assertEqual(len(text) <= TEXT_BYTES_MAX, is_accepted, len(text))
            if is_accepted:
                PublicKey(text)
            else:
                self.assert_refused(text)

    def test_lengths_beyond_the_data_are_refused(self):
        kind = b"ssh-ed25519"
        for blob in (b"", b"\xff\xff\xff\xff", wire(kind) + b"\x7f\xff\xff\xff", wire(kind, bytes(31)), wire(kind, bytes(33))):
            self.assert_refused(f"ssh-ed25519 {building.b64(blob)}")


class Ed25519Points(unittest.TestCase):
    """A key of small order makes one signature hold for many messages; the page refuses such points."""

    def test_small_order_and_unreduced_points_are_refused(self):
        identity = (1).to_bytes(32, "little")
        signature = identity + bytes(32)
        self.assertFalse(note.ed25519_holds(identity, signature, MESSAGE))
        private = building.Signer().private
        public = building.raw_public(private)
        self.assertTrue(note.ed25519_holds(public, private.sign(MESSAGE), MESSAGE))
        prime = 2**255 - 19
        for y in (0, 1, prime - 1, prime, prime + 1, 2**255 - 1, note._ORDER_EIGHT, prime - note._ORDER_EIGHT):
            for sign in (0, 1 << 255):
                point = (y | sign).to_bytes(32, "little")
                self.assertFalse(note._is_accepted_point(point), y)

    def test_a_second_way_to_write_s_is_refused(self):
        private = building.Signer().private
        signature = private.sign(MESSAGE)
        order = 2**252 + 27742317777372353535851937790883648493
        s = int.from_bytes(signature[32:], "little") + order
        bent = signature[:32] + s.to_bytes(32, "little")
        self.assertFalse(note.ed25519_holds(building.raw_public(private), bent, MESSAGE))


if __name__ == "__main__":
    unittest.main()
