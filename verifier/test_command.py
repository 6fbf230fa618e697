"""The command line: verdicts, exit codes, batch mode; and random structures that must never make it fail."""

import io
import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import building
import judging
import verify
from judging import Judged

PROGRAM = str(pathlib.Path(verify.__file__).resolve())
STORY = building.Story().usual()
ORGANISATION = STORY.organisation
ARCHIVE = building.zipped(STORY.package(since=[2]))
VKEY = ORGANISATION.signer.vkey


def run(*arguments, given=None, options=()):
    return subprocess.run([sys.executable, *options, PROGRAM, *arguments], input=given, capture_output=True, check=False)


class CommandLine(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.package = self.write("package.zip", ARCHIVE)

    def write(self, name, data):
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def test_a_package_that_holds_says_yes_and_exits_0(self):
        done = run(self.package, "--key", VKEY)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout.splitlines()[0], b"yes")
        self.assertIn(b"1 decisions checked, 0 not checkable", done.stdout)

    def test_a_package_that_does_not_hold_says_the_first_thing_wrong_and_exits_1(self):
        done = run(self.write("bent.zip", ARCHIVE[:-1]), "--key", VKEY)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[0], b"no archive")
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_json_holds_the_whole_verdict(self):
        verdict = json.loads(run(self.package, "--key", VKEY, "--json").stdout)
        self.assertEqual((verdict["verdict"], verdict["entries"]), ("yes", 4))
        verdict = json.loads(run(self.write("bent.zip", b""), "--key", VKEY, "--json").stdout)
        self.assertEqual(sorted(verdict), ["code", "place", "sentence", "verdict"])

    def test_the_key_may_stand_in_a_file_and_earlier_checkpoints_are_read(self):
        key = self.write("key", VKEY.encode() + b"\n")
        two = self.write("two", ORGANISATION.checkpoint(2))
        one = self.write("one", ORGANISATION.checkpoint(1))
        self.assertEqual(run(self.package, "--key", "@" + key, "--earlier", two).returncode, 0)
        done = run(self.package, "--key", "@" + key, "--earlier", two, one)
        self.assertEqual((done.returncode, done.stdout.splitlines()[0]), (1, b"no history"))

    def test_wrong_use_exits_2_with_a_sentence(self):
        name, key_id, key = VKEY.split("+", 2)
        for arguments in (
            (),
            (self.package,),
            ("--key", VKEY),
            (self.package, "--batch", "--key", VKEY),
            (str(self.folder / "absent"), "--key", VKEY),
            ("/dev/null", "--key", VKEY),
            (self.package, "--key", "@" + str(self.folder / "absent")),
            (self.package, "--key", VKEY, "--earlier", str(self.folder / "absent")),
            (self.package, "--key", "x"),
            (self.package, "--key", f"{name}+{key_id[::-1]}+{key}"),
            (self.package, "--key", f"{name}+{key_id}+{key[:-4]}"),
            (self.package, "--key", f"Name+{key_id}+{key}"),
        ):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(b"error: ", done.stderr)
            self.assertNotIn(b"Traceback", done.stderr)

    def test_names_that_are_not_text_do_not_make_it_fail(self):
        name = bytes(self.folder) + b"/\xff\n.zip"
        pathlib.Path(os.fsdecode(name)).write_bytes(b"no package")
        done = run(name, "--key", VKEY, "--earlier", name)
        self.assertEqual((done.returncode, done.stderr), (1, b""))

    def test_without_the_cryptography_package_it_says_how_to_get_it(self):
        done = run(self.package, "--key", VKEY, options=("-E", "-S"))
        if b"cryptography" not in done.stderr:
            print("skipped: cryptography is part of this Python itself")
            return
        self.assertEqual(done.returncode, 2)
        self.assertNotIn(b"Traceback", done.stderr)


class Batch(unittest.TestCase):
    def test_every_record_gets_its_line(self):
        bent = bytearray(ARCHIVE)
        bent[100] ^= 1
        records = [ARCHIVE, bytes(bent), b"", building.zipped({}), ARCHIVE]
        given = b"".join(struct.pack("<I", len(record)) + record for record in records)
        done = run("--batch", "--key", VKEY, given=given)
        self.assertEqual(done.stdout.decode().splitlines(), ["yes", "no archive", "no archive", "no paths", "yes"])
        self.assertEqual(done.returncode, 0)

    def test_a_batch_that_ends_within_a_record_exits_2(self):
        for given in (b"\x01", struct.pack("<I", 5) + b"abcd"):
            self.assertEqual(run("--batch", "--key", VKEY, given=given).returncode, 2)

    def test_a_thousand_mutants_take_less_than_a_second_of_processor(self):
        chance = random.Random(7)
        records = []
        for _ in range(1000):
            bent = bytearray(ARCHIVE)
            bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
            records.append(struct.pack("<I", len(bent)) + bytes(bent))
        sink = io.StringIO()
        before = time.process_time()
        verify.batch(judging.KEY, io.BytesIO(b"".join(records)), sink)
        self.assertLess(time.process_time() - before, 1.0)
        self.assertEqual(len([line for line in sink.getvalue().splitlines() if line.startswith("no ")]), 1000)


class Structures(Judged):
    """Values of any kind at any place, committed to and signed as if they were right."""

    ODD = [0, 1, 2**53 - 1, True, False, "", "x", "é\n", "PER-0001", "KEY-0001", [], [[]], {}, {"a": 1}, [1], "a" * 64]

    def bend(self, chance, value):
        value = json.loads(json.dumps(value))
        spots = [value]
        for spot in spots:
            items = spot.values() if isinstance(spot, dict) else spot
            spots.extend(item for item in items if isinstance(item, (dict, list)) and item)
        spot = chance.choice(spots)
        if not spot:
            return value
        place = chance.choice(list(spot) if isinstance(spot, dict) else range(len(spot)))
        if chance.random() < 0.3:
            del spot[place]
        else:
            spot[place] = chance.choice(self.ODD)
        return value

    def test_no_structure_makes_the_verifier_fail(self):
        chance = random.Random(8)
        for round_ in range(3000):
            organisation = building.Organisation()
            bent_at = chance.randrange(4)
            for index, (line, payload_line) in enumerate(zip(ORGANISATION.lines, ORGANISATION.payloads)):
                entry, payload = json.loads(line), json.loads(payload_line)["payload"]
                if index == bent_at and round_ % 3 == 0:
                    entry = self.bend(chance, entry)
                if index == bent_at and round_ % 3 == 1:
                    payload = self.bend(chance, payload)
                members = {name: entry.get(name) for name in json.loads(line) if name != "commitment"}
                organisation.add(entry.get("type"), "CHG-0001", payload, **members)
                if index == bent_at and round_ % 3 == 2:
                    organisation.payloads[-1] = building.canonical(self.bend(chance, json.loads(payload_line)))
            files = {**organisation.files(), **STORY.evidence}
            verdict = judging.verdict_of(organisation.seal(files))
            self.assertNotEqual(verdict.get("code"), "internal", verdict)

    def test_no_manifest_structure_makes_the_verifier_fail(self):
        chance = random.Random(9)
        files = STORY.files()
        manifest = json.loads(STORY.package()["manifest.json"])
        for _ in range(2000):
            bent = building.canonical(self.bend(chance, manifest)) + b"\n"
            verdict = judging.verdict_of(ORGANISATION.sign_manifest(files, bent))
            self.assertNotEqual(verdict.get("code"), "internal", verdict)


if __name__ == "__main__":
    unittest.main()
