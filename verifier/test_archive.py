"""Steps 1, 2 and 5: the archive byte for byte, the directory, the paths; and mutations of whole packages."""

import os
import pathlib
import random
import tempfile
import unittest
from unittest import mock

import building
import judging
import package
import verify
from judging import Judged

STORY = building.Story().usual()
USUAL = STORY.package()
ARCHIVE = building.zipped(USUAL)


class Archives(Judged):
    def test_the_usual_archive_holds(self):
        self.assert_yes(ARCHIVE)

    def test_every_flipped_byte_is_refused(self):
        for at in range(len(ARCHIVE)):
            bent = bytearray(ARCHIVE)
            bent[at] ^= 1 << (at % 8)
            verdict = judging.verdict_of(bent)
            self.assertEqual(verdict["verdict"], "no", at)
            self.assertNotEqual(verdict["code"], "internal", at)

    def test_every_truncation_and_every_addition_is_refused(self):
        for at in range(len(ARCHIVE)):
            self.assert_no("archive", ARCHIVE[:at])
        self.assert_no("archive", ARCHIVE + b"\0")
        self.assert_no("archive", b"\0" + ARCHIVE)

    def test_bytes_between_members_and_directory_are_refused(self):
        at = ARCHIVE.index(b"PK\x01\x02")
        self.assert_no("archive", ARCHIVE[:at] + b"hidden" + ARCHIVE[at:])

    def test_members_out_of_order_or_twice_are_refused(self):
        pairs = sorted(USUAL.items())
        self.assert_no("archive", building.zipped(pairs[::-1]), "byte order")
        self.assert_no("archive", building.zipped([pairs[0], *pairs]), "byte order")

    def test_an_archive_of_nothing_lacks_its_files(self):
        self.assert_no("archive", b"")
        self.assert_no("paths", building.zipped({}), "missing")

    def test_members_up_to_the_limit_are_read_and_one_more_is_refused(self):
        with mock.patch.object(package, "FILES_MAX", len(USUAL)):
            self.assert_yes(ARCHIVE)
        with mock.patch.object(package, "FILES_MAX", len(USUAL) - 1):
            self.assert_no("archive", ARCHIVE, "members")

    def test_bytes_up_to_the_limit_are_read_and_one_more_is_refused(self):
        with mock.patch.object(package, "BYTES_MAX", len(ARCHIVE)):
            self.assert_yes(ARCHIVE)
        with mock.patch.object(package, "BYTES_MAX", len(ARCHIVE) - 1):
            self.assert_no("archive", ARCHIVE, "bytes")

    def test_a_changed_file_with_a_right_checksum_is_refused(self):
        for path in USUAL:
            data = USUAL[path]
            bent = {**USUAL, path: data[:-1] + bytes([data[-1] ^ 1])}
            code = {"manifest.json": "manifest", "manifest.note": "manifest-signature"}.get(path, "files")
            self.assert_no(code, bent)


class Paths(Judged):
    def test_every_required_file_is_required(self):
        for path in package.REQUIRED:
            self.assert_no("paths", {name: data for name, data in USUAL.items() if name != path}, path)

    def test_paths_that_a_package_has_no_place_for_are_refused(self):
        for path in (
            "extra", "ledger/extra", "evidence/" + "a" * 63, "evidence/" + "A" * 64, "evidence/" + "a" * 64 + "/b",
            "readable", "readable/", "readable//a", "readable/.a", "readable/../a", "/readable/a", "readable/a b",
            "readable/é", "readable\\a", "INDEX.HTML", "", "readable/a\n", b"readable/\xff", "readable/" + "a" * 192,
        ):  # fmt: skip
            name = path if isinstance(path, bytes) else path.encode()
            pairs = sorted([*((key.encode(), data) for key, data in USUAL.items()), (name, b"")])
            self.assert_no("paths", building.zipped(pairs))

    def test_readable_files_are_covered_by_the_manifest_and_mean_nothing(self):
        more = {"readable/a/b.html": b"x", "readable/" + "a" * 191: b""}
        self.assert_yes(STORY.organisation.seal({**STORY.files(), **more}))
        self.assert_no("files", {**USUAL, **more}, "not listed")

    def test_a_file_that_is_the_folder_of_another_is_refused(self):
        files = {**STORY.files(), "readable/a": b"", "readable/a/b": b""}
        self.assert_no("paths", STORY.organisation.seal(files), "folders")


class Directories(Judged):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = pathlib.Path(temporary.name)
        for path, data in USUAL.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(data)

    def code(self):
        return verify.judge_path(self.root, judging.KEY).get("code", "yes")

    def test_a_directory_gets_the_verdict_of_the_archive(self):
        (self.root / "an empty folder").mkdir()
        self.assertEqual(verify.judge_path(self.root, judging.KEY), judging.verdict_of(ARCHIVE))

    def test_links_and_other_things_than_files_are_refused(self):
        (self.root / "index.html").rename(self.root.parent / (self.root.name + "-index"))
        target = self.root.parent / (self.root.name + "-index")
        self.addCleanup(target.unlink)
        (self.root / "index.html").symlink_to(target)
        self.assertEqual(self.code(), "archive")
        (self.root / "index.html").unlink()
        os.mkfifo(self.root / "index.html")
        self.assertEqual(self.code(), "archive")

    def test_changed_missing_and_added_files_are_refused(self):
        (self.root / "index.html").write_bytes(b"other")
        self.assertEqual(self.code(), "files")
        (self.root / "index.html").unlink()
        self.assertEqual(self.code(), "files")
        (self.root / "readable").write_bytes(b"")
        self.assertEqual(self.code(), "paths")

    def test_names_that_are_not_text_are_refused_without_failing(self):
        (pathlib.Path(os.fsdecode(os.fsencode(self.root) + b"/\xff\n"))).write_bytes(b"")
        self.assertEqual(self.code(), "paths")

    def test_files_folders_and_bytes_have_limits(self):
        bytes_of_all = sum(map(len, USUAL.values()))
        for name, limit in (("FILES_MAX", len(USUAL)), ("BYTES_MAX", bytes_of_all)):
            with mock.patch.object(package, name, limit):
                self.assertEqual(self.code(), "yes")
            with mock.patch.object(package, name, limit - 1):
                self.assertEqual(self.code(), "archive")
        deep = self.root
        for _ in range(21):
            deep = deep / "nine-long"
            deep.mkdir()
        self.assertEqual(self.code(), "archive")


class Mutations(Judged):
    """Random damage. Nothing may be accepted that changes meaning, and nothing may make the verifier fail."""

    LEDGER = [path for path in USUAL if path.startswith("ledger/")]

    def mutate(self, chance, data):
        data = bytearray(data)
        kind = chance.randrange(6)
        at = chance.randrange(len(data) + 1)
        other = chance.randrange(len(data) + 1)
        low, high = min(at, other), max(at, other)
        if kind == 0 and data:
            data[at - 1] ^= 1 << chance.randrange(8)
        elif kind == 1 and data:
            data[at - 1] = chance.choice(b'0123456789abcdef"{}[],:\n +/=')
        elif kind == 2:
            del data[low : min(high, low + 40)]
        elif kind == 3:
            data[at:at] = data[low : min(high, low + 40)]
        elif kind == 4:
            data = data[:at]
        else:
            lines = bytes(data).splitlines(keepends=True)
            chance.shuffle(lines)
            data = b"".join(lines)
        return bytes(data)

    def test_damaged_ledger_files_under_a_new_seal_are_refused(self):
        chance = random.Random(3)
        for _ in range(2500):
            path = chance.choice(self.LEDGER)
            bent = self.mutate(chance, USUAL[path])
            files = {**STORY.files(), path: bent}
            verdict = judging.verdict_of(STORY.organisation.seal(files))
            self.assertNotEqual(verdict.get("code"), "internal", verdict)
            self.assertEqual(verdict["verdict"] == "yes", bent == USUAL[path], (path, bent))

    def test_a_damaged_manifest_under_a_new_signature_never_fails_the_verifier(self):
        chance = random.Random(4)
        for _ in range(1500):
            manifest = self.mutate(chance, USUAL["manifest.json"])
            verdict = judging.verdict_of(STORY.organisation.sign_manifest(STORY.files(), manifest))
            self.assertNotEqual(verdict.get("code"), "internal", verdict)

    def test_damaged_archives_are_refused_without_failing(self):
        chance = random.Random(5)
        for _ in range(5000):
            bent = self.mutate(chance, ARCHIVE)
            verdict = judging.verdict_of(bent)
            self.assertNotEqual(verdict.get("code"), "internal", verdict)
            self.assertEqual(verdict["verdict"] == "yes", bent == ARCHIVE)


if __name__ == "__main__":
    unittest.main()
