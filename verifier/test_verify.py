"""Steps 3, 4 and 6 to 10: what is signed, what the ledger's files say, what the scope promises.

Every test bends one thing and seals everything above it again, so that the inner check is what refuses.
"""

import unittest
from unittest import mock

import building
import canonical
import forms
import ledger
import steps
from building import ANNA, BORIS, ORIGIN, TIME, Organisation, Story, canonical as written
from judging import Judged


def without(value, name):
    return {key: item for key, item in value.items() if key != name}


class ManifestAndNote(Judged):
    def setUp(self):
        self.story = Story().usual()
        self.organisation = self.story.organisation
        self.files = self.story.files()

    def test_a_note_by_another_key_or_with_another_text_is_refused(self):
        package = self.organisation.seal(self.files)
        digest = building.sha256(package["manifest.json"])
        good = self.organisation.signer
        other = building.Signer(seed=b"\x08" * 32)
        renamed = building.Signer(name="example.com/other")
        text = f"tagout package 1 {ORIGIN}\n{digest}\n"
        line = good.note(text).decode().split("\n\n")[1]
        for note in (
            other.note(text),
            renamed.note(text),
            good.note(f"tagout package 2 {ORIGIN}\n{digest}\n"),
            good.note(f"tagout package 1 example.com/other\n{digest}\n"),
            good.note(f"tagout package 1 {ORIGIN}\n{digest.upper()}\n"),
            good.note(f"tagout package 1 {ORIGIN}\n{digest}\nmore\n"),
            good.note(f"tagout package 1 {ORIGIN}\n"),
            good.note(text) + line.encode(),
            good.note(text)[:-1],
            good.note(text) + b"\n",
            good.note(text).replace(b"\n", b"\r\n"),
            text.encode(),
            b"",
            b"\xff",
            f"{text}\n- {line[2:]}".encode(),
            b"x" * 5000,
        ):
            self.assert_no("manifest-signature", {**package, "manifest.note": note})

    def test_a_manifest_of_the_right_form_that_was_not_signed_is_refused(self):
        package = self.organisation.seal(self.files)
        other = self.organisation.seal(self.files, policy_version=2)
        self.assert_yes(other)
        self.assert_no("manifest", {**package, "manifest.json": other["manifest.json"]}, "signed")

    def test_manifests_of_another_form_are_refused(self):
        for members in (
            {"format": "other"},
            {"v": 2},
            {"v": True},
            {"origin": "example.com/other"},
            {"origin": None},
            {"time": "2026-02-30T00:00:00.000Z"},
            {"policy_version": "1"},
            {"policy_version": None},
            {"more": 1},
            {"scope": {"kind": "change"}},
            {"scope": {"kind": "change", "subject": "chg-1"}},
            {"scope": {"kind": "other", "subject": "CHG-0001"}},
            {"scope": {"first": 2, "kind": "period", "last": 1}},
            {"scope": {"first": 0, "kind": "period"}},
            {"scope": {"first": 0, "kind": "period", "last": 3, "subject": "CHG-0001"}},
            {"files": {}},
            {"files": [1]},
            {"files": [{"path": "a", "sha256": "0" * 64}]},
            {"files": [{"path": "a", "sha256": "0" * 63, "size": 0}]},
            {"files": [{"path": path, "sha256": "0" * 64, "size": 0} for path in ("b", "a")]},
            {"files": [{"path": path, "sha256": "0" * 64, "size": 0} for path in ("a", "a")]},
        ):
            self.assert_no("manifest", self.organisation.seal(self.files, **members))

    def test_a_manifest_that_is_not_canonical_is_refused(self):
        manifest = self.organisation.seal(self.files)["manifest.json"]
        for bent in (manifest[:-1], manifest + b"\n", b" " + manifest, manifest.replace(b":1,", b": 1,"), b"[]\n", b"\n"):
            self.assert_no("manifest", self.organisation.sign_manifest(self.files, bent))

    def test_a_manifest_up_to_the_limit_is_read_and_one_more_byte_refused(self):
        package = self.organisation.seal(self.files)
        size = len(package["manifest.json"])
        with mock.patch.object(steps, "MANIFEST_BYTES_MAX", size):
            self.assert_yes(package)
        with mock.patch.object(steps, "MANIFEST_BYTES_MAX", size - 1):
            self.assert_no("manifest", package, "more than")

    def test_sizes_and_files_must_be_the_listed_ones(self):
        listed = [
            {"path": path, "sha256": building.sha256(data), "size": len(data)}
            for path, data in sorted(self.files.items())
        ]
        more = sorted([*listed, {"path": "manifest.json", "sha256": "0" * 64, "size": 0}], key=lambda file: file["path"])
        bigger = [{**listed[0], "size": listed[0]["size"] + 1}, *listed[1:]]
        other = [{**listed[0], "sha256": "0" * 64}, *listed[1:]]
        for files in (listed[1:], more, bigger, other, [*listed, {"path": "z", "sha256": "0" * 64, "size": 0}]):
            self.assert_no("files", self.organisation.seal(self.files, files=files))


class Checkpoints(Judged):
    def setUp(self):
        self.story = Story().usual()
        self.organisation = self.story.organisation

    def sealed(self, **files):
        named = {"ledger/checkpoint": files.get("checkpoint"), "ledger/consistency.jsonl": files.get("consistency")}
        given = {path: data for path, data in named.items() if data is not None}
        return self.organisation.seal({**self.story.files(), **given})

    def test_checkpoints_of_another_form_or_key_are_refused(self):
        note = self.organisation.signer.note
        root = building.b64(building.tree_root(self.organisation.leaves()))
        for checkpoint in (
            building.Signer(seed=b"\x08" * 32).note(f"{ORIGIN}\n4\n{root}\n"),
            note(f"example.com/other\n4\n{root}\n"),
            note(f"{ORIGIN}\n04\n{root}\n"),
            note(f"{ORIGIN}\n-4\n{root}\n"),
            note(f"{ORIGIN}\n{2**53}\n{root}\n"),
            note(f"{ORIGIN}\n4\n{root[:-4]}\n"),
            note(f"{ORIGIN}\n4\n{root}\nextension\n"),
            note(f"{ORIGIN}\n4\n"),
            b"",
        ):
            self.assert_no("checkpoint", self.sealed(checkpoint=checkpoint))

    def test_consistency_lines_of_another_form_are_refused(self):
        good = self.story.files(since=[1, 2, 3])["ledger/consistency.jsonl"]
        self.assert_yes(self.sealed(consistency=good))
        self.assert_yes(self.sealed(consistency=b""))
        self.assert_yes(self.sealed(consistency=written({"path": [building.b64(bytes(32))] * 64, "size": 1}) + b"\n"))
        lines = good.splitlines(keepends=True)
        for bent in (
            good[:-1],
            lines[1] + lines[0],
            lines[0] + lines[0],
            b'{"path":[],"size":0}\n',
            b'{"path":[],"size":4}\n',
            b'{"path":["AAAA"],"size":1}\n',
            b'{"path":[1],"size":1}\n',
            b'{"size":1}\n',
            b'{"path":[],"size":1,"time":1}\n',
            written({"path": [building.b64(bytes(32))] * 65, "size": 1}) + b"\n",
            b"\n",
        ):
            self.assert_no("checkpoint", self.sealed(consistency=bent))


class Entries(Judged):
    def test_entries_of_another_form_are_refused(self):
        for members in (
            {"v": 2}, {"v": None}, {"type_v": 0}, {"type_v": "1"}, {"actor": "anna"}, {"actor": "PER-001"},
            {"authn": "password"}, {"authn": None}, {"behalf": 1}, {"blobs": []}, {"blobs": [{}]},
            {"blobs": [{"sha256": "0" * 64, "size": "1"}]}, {"blobs": [{"sha256": "0" * 64, "size": 1, "x": 1}]},
            {"blobs": {}}, {"cause": "x"}, {"commitment": "0" * 63}, {"commitment": "A" * 64},
            {"id": "01890000-0000-4000-8000-000000000009"}, {"id": "01890000-0000-7000-c000-000000000009"},
            {"origin": "example.com/other"}, {"origin": "Example"}, {"previous": "0"}, {"sealed": False},
            {"subject": "CHG-1"}, {"subject": "CHG-0001\n"}, {"time": "2026-02-03T04:05:06Z"},
            {"time": "2026-02-29T04:05:06.000Z"}, {"time": "1969-12-31T23:59:59.999Z"},
            {"time": "2026-02-03T24:00:00.000Z"}, {"time": "2026-02-03T23:59:60.000Z"},
            {"type": "changes"}, {"type": "Changes.submitted"}, {"more": 1},
        ):  # fmt: skip
            story = Story().usual()
            story.organisation.add("changes.noted", "CHG-0001", {}, **members)
            self.assert_no("entries", story.package(), "line 5")

    def test_optional_members_of_the_right_form_hold(self):
        story = Story().usual()
        cause = "01890000-0000-7000-8000-0000000000ff"
        story.organisation.add("changes.noted", "CHG-0001", {"any": ["thing"]}, behalf=BORIS, cause=cause, sealed=True)
        self.assertEqual(self.assert_yes(story.package())["withheld_sealed"], 1)

    def test_an_id_that_stands_twice_is_refused(self):
        story = Story().usual()
        story.organisation.add("changes.noted", "CHG-0001", {}, id="01890000-0000-7000-8000-000000000000")
        self.assert_no("entries", story.package(), "id")

    def test_an_entry_of_8192_bytes_is_read_and_one_more_refused(self):
        for size, code in ((8192, None), (8193, "entries")):
            story = Story().usual()
            organisation = story.organisation
            blobs = [{"sha256": "0" * 64, "size": 1} for _ in range(88)]
            organisation.add("changes.noted", "CHG-0001", {}, blobs=blobs)
            spare = size - len(organisation.lines.pop())
            organisation.payloads.pop()
            for number, blob in enumerate(blobs):
                blob["size"] = 10 ** (spare // len(blobs) + (number < spare % len(blobs)))
            organisation.add("changes.noted", "CHG-0001", {}, blobs=blobs, previous=2)
            self.assertEqual(len(organisation.lines[-1]), size)
            if code is None:
                self.assert_yes(story.package())
            else:
                self.assert_no(code, story.package(), "8192")

    def test_a_line_that_is_not_canonical_is_refused(self):
        story = Story().usual()
        story.organisation.lines[1] = story.organisation.lines[1].replace(b'":', b'": ', 1)
        self.assert_no("entries", story.package(), "line 2")

    def test_a_missing_newline_and_an_empty_line_are_refused(self):
        for name, code in (("entries", "entries"), ("proofs", "proofs"), ("payloads", "payloads")):
            story = Story().usual()
            path = f"ledger/{name}.jsonl"
            data = story.files()[path]
            for bent in (data[:-1], data + b"\n"):
                self.assert_no(code, story.organisation.seal({**story.files(), path: bent}))


class Proofs(Judged):
    def setUp(self):
        self.story = Story().usual()
        self.lines = self.story.files()["ledger/proofs.jsonl"].splitlines()

    def sealed(self, lines):
        data = b"".join(line + b"\n" for line in lines)
        return self.story.organisation.seal({**self.story.files(), "ledger/proofs.jsonl": data})

    def test_too_few_too_many_and_swapped_proofs_are_refused(self):
        self.assert_yes(self.sealed(self.lines))
        self.assert_no("proofs", self.sealed(self.lines[:-1]), "3 lines for 4 entries")
        self.assert_no("proofs", self.sealed([*self.lines, self.lines[-1]]))
        self.assert_no("proofs", self.sealed([self.lines[1], self.lines[0], *self.lines[2:]]))

    def test_entries_out_of_order_are_refused_even_with_their_own_proofs(self):
        self.assert_no("proofs", self.story.package(indexes=[1, 0, 2, 3]), "rise")

    def test_bent_proofs_are_refused(self):
        proof = canonical.parse(self.lines[3])
        path = proof["path"]
        for bent in (
            {**proof, "index": 2},
            {**proof, "index": 4},
            {**proof, "index": "3"},
            {**proof, "path": path[::-1]},
            {**proof, "path": path[:-1]},
            {**proof, "path": [*path, path[0]]},
            {**proof, "path": [building.b64(bytes(32)), *path[1:]]},
            {**proof, "path": [path[0][:-2] + "J=", *path[1:]]},
            {**proof, "path": "x"},
            {**proof, "more": 1},
            without(proof, "path"),
            [],
        ):
            self.assert_no("proofs", self.sealed([*self.lines[:3], written(bent)]), "line 4")

    def test_an_entry_that_is_not_in_the_tree_is_refused(self):
        checkpoint = self.story.organisation.checkpoint()
        self.story.organisation.lines[1] = self.story.organisation.lines[1].replace(TIME.encode(), b"2026-02-03T04:05:06.788Z")
        files = {**self.story.files(), "ledger/checkpoint": checkpoint}
        self.assert_no("proofs", self.story.organisation.seal(files), "line 1")


class Payloads(Judged):
    def bent(self, index, line):
        story = Story().usual()
        story.organisation.payloads[index] = line if isinstance(line, bytes) else written(line)
        return story.package()

    def test_bent_payload_lines_are_refused(self):
        good = canonical.parse(Story().usual().organisation.payloads[1])
        for line in (
            {**good, "index": 2},
            {**good, "salt": "0" * 64},
            {**good, "salt": good["salt"][:-2]},
            {**good, "payload": {**good["payload"], "revision": 2}},
            {**good, "payload": []},
            {**good, "more": 1},
            {**good, "withheld": "sealed"},
            without(good, "salt"),
            without(good, "index"),
            {"index": 1, "withheld": "sealed"},
            {"index": 1, "withheld": "redacted"},
            {"index": True, "withheld": "sealed"},
            {"by": 3, "index": 1, "withheld": "redacted"},
            {"by": 9, "index": 1, "withheld": "redacted"},
            {"by": "3", "index": 1, "withheld": "redacted"},
            {"by": 3, "index": 1, "withheld": "lost"},
            b"{}",
            b"[]",
            b"",
        ):
            self.assert_no("payloads", self.bent(1, line))

    def test_a_wrong_number_of_lines_is_refused(self):
        story = Story().usual()
        data = story.files()["ledger/payloads.jsonl"]
        for bent in (data + data, data[data.index(b"\n") + 1 :], b""):
            self.assert_no("payloads", story.organisation.seal({**story.files(), "ledger/payloads.jsonl": bent}))

    def test_the_payload_of_a_sealed_entry_never_stands_in_a_package(self):
        story = Story().usual()
        story.organisation.add("changes.noted", "CHG-0001", {"code": "x"}, sealed=True)
        index = len(story.organisation.lines) - 1
        salt = building.hashlib.sha256(b"salt %d" % index).hexdigest()
        story.organisation.payloads[index] = written({"index": index, "payload": {"code": "x"}, "salt": salt})
        self.assert_no("payloads", story.package(), "sealed")

    def redacted(self, type_="history.redacted", payload=None, by=None, is_sealed=None, **members):
        story = Story().usual()
        noted = story.organisation.add("changes.noted", "CHG-0001", {"spilled": "x"}, sealed=is_sealed)
        index = story.organisation.add(type_, "RED-0001", payload or {"entry": noted}, **members)
        line = {"by": index if by is None else by, "index": noted, "withheld": "redacted"}
        story.organisation.payloads[noted] = written(line)
        return story.package()

    def test_a_redacted_payload_is_withheld_and_counted(self):
        report = self.assert_yes(self.redacted())
        self.assertEqual((report["withheld_redacted"], len(report["redacted_entries"])), (1, 1))

    def test_a_sealed_payload_is_not_withheld_as_redacted(self):
        self.assert_no("payloads", self.redacted(is_sealed=True), "sealed")

    def test_a_redaction_must_be_a_later_readable_one_of_that_entry(self):
        for options in (
            {"payload": {"entry": 3}},
            {"payload": {"entry": "4"}},
            {"payload": {"entry": True}},
            {"payload": {"other": 4}},
            {"type_": "history.noted"},
            {"type_v": 2},
            {"sealed": True},
            {"by": 3},
            {"by": 4},
        ):
            self.assert_no("payloads", self.redacted(**options), "redaction")

    def test_a_line_up_to_the_limit_is_read_and_one_more_byte_refused(self):
        for length, code in ((ledger.PAYLOAD_LINE_BYTES_MAX, None), (ledger.PAYLOAD_LINE_BYTES_MAX + 1, "payloads")):
            story = Story().usual()
            story.organisation.add("changes.noted", "CHG-0001", {"x": ""})
            spare = length - len(story.organisation.payloads.pop())
            story.organisation.lines.pop()
            story.organisation.add("changes.noted", "CHG-0001", {"x": "y" * spare}, previous=2)
            if code is None:
                self.assert_yes(story.package())
            else:
                self.assert_no(code, story.package(), "longer")


class Scope(Judged):
    def test_a_change_without_its_entries_is_refused(self):
        story = Story().usual()
        self.assert_no("scope", story.organisation.seal(story.files(), scope={"kind": "change", "subject": "CHG-0002"}))
        empty = story.organisation.seal(Organisation().files())
        self.assert_no("scope", empty)

    def test_a_change_with_a_gap_or_without_its_beginning_is_refused(self):
        story = Story().usual()
        for _ in range(2):
            story.organisation.add("changes.noted", "CHG-0001", {})
        for missing in (1, 4):
            indexes = [index for index in range(6) if index not in (missing,)]
            self.assert_no("scope", story.package(indexes=indexes), "previous")
        self.assert_yes(story.package(indexes=range(5)))

    def test_a_chain_that_forks_or_begins_twice_is_refused(self):
        for previous in (1, None, 0, 3, 4, 5):
            story = Story().usual()
            story.organisation.add("changes.noted", "CHG-0001", {}, previous=previous)
            self.assert_no("scope", story.package(), "previous")

    def period(self, first, last, indexes, **more):
        story = Story().usual()
        story.organisation.add("changes.noted", "CHG-0001", {})
        story.organisation.add("history.redacted", "RED-0001", {"entry": 99})
        scope = {"first": first, "kind": "period", "last": last}
        return story.organisation.seal(story.files(indexes=indexes), scope=scope, **more)

    def test_a_period_holds_every_entry_and_outside_only_what_it_leans_on(self):
        self.assert_yes(self.period(0, 5, range(6)))
        self.assert_yes(self.period(2, 4, range(6)))
        self.assert_no("scope", self.period(0, 5, [0, 1, 2, 3, 5]), "only 5")
        self.assert_no("scope", self.period(0, 6, range(6)), "only 6")
        self.assert_no("scope", self.period(3, 5, range(6)), "before the period")
        self.assert_no("scope", self.period(0, 3, range(6)), "after the period")

    def test_a_period_after_the_enrolment_still_checks_its_decisions(self):
        self.assertEqual(self.assert_yes(self.period(2, 3, [0, 1, 2, 3]))["decisions_checked"], 1)
        self.assert_no("decisions", self.period(2, 3, [1, 2, 3]), "KEY-0001")


class Histories(Judged):
    def setUp(self):
        self.story = Story().usual()
        self.organisation = self.story.organisation
        self.package = self.story.package(since=[1, 2, 3])

    def test_a_package_continues_every_earlier_checkpoint(self):
        earlier = [(str(size), self.organisation.checkpoint(size)) for size in range(5)]
        self.assertEqual(self.assert_yes(self.package, earlier)["earlier_checkpoints"], 5)

    def test_a_package_without_the_proof_says_how_to_get_it(self):
        self.assert_no("history", self.story.package(), "--since 2", [("old", self.organisation.checkpoint(2))])

    def test_checkpoints_of_another_history_are_refused(self):
        other = Story().usual().organisation
        other.add("changes.noted", "CHG-0001", {})
        for size in (1, 2, 3, 4, 5):
            self.assert_no("history", self.package, "old", [("old", other.checkpoint(size))])

    def test_checkpoints_of_another_form_origin_or_key_are_refused(self):
        note = self.organisation.signer.note
        root = building.b64(building.tree_root(self.organisation.leaves(2)))
        for data in (
            b"",
            b"x" * 5000,
            note(f"example.com/other\n2\n{root}\n"),
            note(f"{ORIGIN}\n0\n{root}\n"),
            building.Signer(seed=b"\x08" * 32).note(f"{ORIGIN}\n2\n{root}\n"),
        ):
            self.assert_no("history", self.package, "old", [("old", data)])

    def test_a_proof_of_another_size_is_refused(self):
        lines = self.package["ledger/consistency.jsonl"].replace(b'"size":2', b'"size":1').splitlines(keepends=True)
        files = {**self.story.files(), "ledger/consistency.jsonl": lines[1]}
        earlier = [("old", self.organisation.checkpoint(1))]
        self.assert_no("history", self.organisation.seal(files), "continue", earlier)


class Ids(unittest.TestCase):
    def test_every_id_has_one_spelling(self):
        for form, prefix in ((forms.PERSON, "PER-"), (forms.KEY_ID, "KEY-"), (forms.SUBJECT, "CHG-")):
            for digits in ("0001", "0010", "9999", "10000", "999999999999999"):
                self.assertTrue(form.test(prefix + digits), digits)
            for digits in ("0000", "00001", "09999", "1", "001", "1000000000000000", "", "١٢٣٤", "0001\n", "+001"):
                self.assertFalse(form.test(prefix + digits), digits)


class Times(unittest.TestCase):
    def test_only_real_dates_of_the_named_years_are_times(self):
        for text in ("1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2024-02-29T00:00:00.000Z"):
            self.assertTrue(forms.TIME.test(text), text)
        for text in ("2023-02-29T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2024-13-01T00:00:00.000Z", TIME + "\n",
                     "2024-01-01 00:00:00.000Z", "2024-01-01T00:00:00.000z", "٢٠٢٤-01-01T00:00:00.000Z", 5, ANNA):  # fmt: skip
            self.assertFalse(forms.TIME.test(text), text)


if __name__ == "__main__":
    unittest.main()
