"""The quick ways of reading entries and proofs accept nothing that the careful ways refuse, and read the same from it."""

import random
import unittest

import building
import canonical
import forms
import ledger
from refusal import Malformed

PIECES = [
    b" ", b'"', b"\\", b"\\u0041", b"0", b"00", b"1", b"9" * 16, b"-1", b"\n", b",", b"}", b"A", b"=", b"null", b"true",
    b"false", b'"sealed":true,', b'"previous":0,', b'"behalf":"PER-0003",', b"2026-02-30", b"23:59:60", b"\xc3\xa9", b"\xb2",
]  # fmt: skip


def _bent(chance, line):
    bent = bytearray(line)
    for _ in range(chance.randrange(3)):
        at = chance.randrange(len(bent) + 1)
        bent[at : at + chance.randrange(4)] = chance.choice(PIECES)
    return bytes(bent)


def _careful_entry(line):
    members = canonical.parse_object(line)
    forms.check_members(members, ledger._ENTRY_REQUIRED, ledger._ENTRY_OPTIONAL, others_allowed=False)
    return members


class QuickWays(unittest.TestCase):
    def setUp(self):
        self.organisation = building.Story().usual().organisation
        self.organisation.add("people.invited", "PER-0004", {}, sealed=True, behalf="PER-0002", cause=None)
        self.chance = random.Random(5)

    def test_an_entry_is_read_as_the_careful_way_reads_it(self):
        quick = 0
        for _ in range(20_000):
            line = _bent(self.chance, self.chance.choice(self.organisation.lines))
            usual = ledger._usual_entry(line)
            if usual is not None:
                quick += 1
                self.assertEqual(usual, _careful_entry(line), line)
        self.assertGreater(quick, 5_000)

    def test_usual_entries_take_the_quick_way(self):
        ways = [ledger._usual_entry(line) is not None for line in self.organisation.lines if b'"blobs"' not in line]
        self.assertEqual(ways, [True] * len(ways))

    def test_a_proof_is_read_as_the_careful_way_reads_it(self):
        lines = self.organisation.files()["ledger/proofs.jsonl"].split(b"\n")[:-1]
        lines.append(b'{"index":0,"path":[]}')
        quick = 0
        for _ in range(20_000):
            line = _bent(self.chance, self.chance.choice(lines))
            if ledger._USUAL_PROOF.fullmatch(line.decode("latin-1")):
                quick += 1
                value = ledger._parse_proof(line, ledger._PROOF)
                self.assertEqual(ledger._read_proof(line), (value["index"], value["path"]), line)
            else:
                try:
                    value = ledger._parse_proof(line, ledger._PROOF)
                except Malformed:
                    continue
                self.assertEqual(ledger._read_proof(line), (value["index"], value["path"]), line)
        self.assertGreater(quick, 5_000)


if __name__ == "__main__":
    unittest.main()
