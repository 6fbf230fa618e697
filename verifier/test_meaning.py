"""Steps 11 to 14: keys, submissions, decisions, evidence. Each test bends one payload and seals the rest."""

import unittest

import building
from building import ANNA, BORIS, SshKey, Story, canonical as written
from judging import Judged

CARLA = "PER-0003"


def redact(story, index):
    """Withholds the payload of an entry by a redaction that follows at once."""
    by = story.organisation.add("history.redacted", "RED-0001", {"entry": index})
    story.organisation.payloads[index] = written({"by": by, "index": index, "withheld": "redacted"})


class Keys(Judged):
    def test_every_accepted_kind_of_key_signs_a_decision(self):
        for kind in (
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ssh-rsa",
            "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
        ):  # fmt: skip
            report = self.assert_yes(Story(SshKey(kind)).usual().package())
            self.assertEqual(report["decisions_checked"], 1, kind)

    def test_enrolments_of_another_form_are_refused(self):
        for payload in (
            {"key_id": "KEY-1"}, {"key_id": None}, {"key": None}, {"key": 1}, {"key": ""}, {"key": "ssh-ed25519"},
            {"key": "ssh-ed25519 AAAA"}, {"key": "ssh-dss AAAA"}, {"key": SshKey().public + " boris@laptop"},
            {"key": SshKey().public + "\n"}, {"key": SshKey().public.replace(" ", "  ")},
        ):  # fmt: skip
            story = Story()
            good = {"key": SshKey().public, "key_id": "KEY-0001", **payload}
            bent = {name: value for name, value in good.items() if value is not None}
            story.organisation.add("people.key_enrolled", BORIS, bent)
            story.submit()
            self.assert_no("keys", story.package())

    def test_a_key_id_enrolled_twice_is_refused(self):
        story = Story().usual()
        story.enrol(key=SshKey())
        self.assert_no("keys", story.package(), "second time")

    def test_a_key_enrolled_twice_is_refused_whoever_it_is_enrolled_for(self):
        for person in (CARLA, BORIS):
            story = Story().usual()
            story.enrol(person, "KEY-0002")
            self.assert_no("keys", story.package(), "the same key was enrolled before, for PER-0002")

    def test_a_key_is_enrolled_for_a_person_and_by_a_known_version(self):
        for subject, members in (("AST-0001", {}), (BORIS, {"type_v": 2}), (BORIS, {"type_v": 2, "sealed": True})):
            story = Story().usual()
            story.enrol(subject, "KEY-0002", **members)
            self.assert_no("keys", story.package())
            story = Story().usual()
            story.organisation.add("people.key_revoked", subject, {"key_id": "KEY-0001"}, **members)
            if members or subject != BORIS:
                self.assert_no("keys", story.package())

    def test_only_a_key_of_that_person_enrolled_earlier_is_revoked(self):
        for person, payload in ((BORIS, {"key_id": "KEY-0009"}), (ANNA, {"key_id": "KEY-0001"}), (BORIS, {})):
            story = Story().usual()
            story.organisation.add("people.key_revoked", person, payload)
            self.assert_no("keys", story.package())

    def test_a_revocation_after_a_withheld_enrolment_is_passed_over(self):
        story = Story()
        redact(story, story.enrol())
        story.organisation.add("people.key_revoked", BORIS, {"key_id": "KEY-0001"})
        story.submit()
        self.assert_yes(story.package())

    def test_a_revocation_before_the_enrolment_is_of_another_key_of_that_id(self):
        story = Story()
        redact(story, story.enrol(key_id="KEY-0002", key=SshKey()))
        story.organisation.add("people.key_revoked", BORIS, {"key_id": "KEY-0001"})
        story.enrol()
        story.submit()
        story.decide()
        self.assertEqual(self.assert_yes(story.package())["decisions_checked"], 1)


class Submissions(Judged):
    def test_submissions_of_another_form_are_refused(self):
        for payload in (
            {"digest": "0" * 64}, {"digest": 1}, {"text": 1}, {"text": "other"}, {"revision": 0},
            {"revision": "1"}, {"revision": True}, {"requester": "anna"}, {"requester": 1},
        ):  # fmt: skip
            story = Story()
            story.submit(payload=payload)
            self.assert_no("submissions", story.package())

    def test_another_version_is_refused_even_where_it_is_withheld(self):
        for members in ({"type_v": 2}, {"type_v": 2, "sealed": True}):
            story = Story()
            story.submit(**members)
            self.assert_no("submissions", story.package(), "version 2")

    def test_a_revision_submitted_twice_is_refused_and_a_second_revision_holds(self):
        story = Story().usual()
        story.submit(revision=2)
        self.assert_yes(story.package())
        story.submit(revision=1)
        self.assert_no("submissions", story.package(), "second time")


class Decisions(Judged):
    def decided(self, *, submit=None, enrol=None, before=(), members=None, **changes):
        story = Story()
        story.enrol(**(enrol or {}))
        story.submit(**(submit or {}))
        for type_, subject, payload in before:
            story.organisation.add(type_, subject, payload)
        story.decide(members=members, **changes)
        return story.package()

    def test_decisions_of_another_form_are_refused(self):
        for changes in (
            {"capacity": "owner\nperson: PER-0009"}, {"decision": "maybe"}, {"digest": "x"}, {"key_id": "1"},
            {"revision": 0}, {"signed_at": "today"}, {"comment": 1}, {"alternative": ""}, {"alternative": 1},
            {"signature": 1},
        ):  # fmt: skip
            story = Story()
            story.enrol()
            story.submit()
            changes = {"comment": "", "signature": "x", **changes}
            story.decide(**changes)
            self.assert_no("decisions", story.package(), "payload")

    def test_another_version_is_refused(self):
        self.assert_no("decisions", self.decided(members={"type_v": 2}), "version 2")

    def test_both_decisions_and_every_comment_are_checked(self):
        for changes in ({"decision": "disapprove"}, {"comment": "a\nb\\n\\"}, {"comment": ""}, {"comment": "é\t\r"}):
            self.assertEqual(self.assert_yes(self.decided(**changes))["decisions_checked"], 1)

    def test_the_person_is_the_actor_and_not_the_requester(self):
        self.assert_no("decisions", self.decided(members={"actor": ANNA}), "actor")
        own = {"payload": {"requester": BORIS}}
        self.assert_no("decisions", self.decided(submit=own), "own request")
        self.assert_yes(self.decided(submit=own, alternative="3.2"))

    def test_a_decision_is_about_an_earlier_submission_of_that_text(self):
        self.assert_no("decisions", self.decided(revision=2), "revision 2")
        self.assert_no("decisions", self.decided(text="other"), "digest")
        story = Story()
        story.enrol()
        story.decide()
        story.submit()
        self.assert_no("decisions", story.package(), "earlier")

    def test_a_decision_is_signed_with_an_enrolled_key_of_that_person(self):
        self.assert_no("decisions", self.decided(enrol={"person": CARLA}), "not a key of")
        self.assert_no("decisions", self.decided(key_id="KEY-0002"), "not enrolled")
        story = Story()
        story.submit()
        story.decide()
        story.enrol()
        self.assert_no("decisions", story.package(), "not enrolled earlier")

    def test_a_key_revoked_before_the_decision_is_refused_and_after_it_holds(self):
        revocation = ("people.key_revoked", BORIS, {"key_id": "KEY-0001"})
        self.assert_no("decisions", self.decided(before=[revocation]), "revoked")
        story = Story().usual()
        story.organisation.add(*revocation)
        story.organisation.add(*revocation)
        self.assert_yes(story.package())

    def test_every_line_of_the_message_is_signed(self):
        for changes in (
            {"capacity": "guest"}, {"decision": "disapprove"}, {"signed_at": "2026-02-03T04:05:06.788Z"},
            {"comment": "x"},
        ):  # fmt: skip
            story = Story()
            story.enrol()
            story.submit()
            signed = {"capacity": "system owner", "decision": "approve", "signed_at": building.TIME, "person": BORIS}
            message = building.approval_message({**signed, "revision": 1, "digest": building.sha256(building.TEXT.encode())})
            story.decide(signature=story.key.sign(message), **changes)
            self.assert_no("decisions", story.package(), "does not hold")

    def test_signatures_of_another_kind_are_refused(self):
        for options, words in (
            ({"namespace": b"file"}, "namespace"),
            ({"reserved": b"x"}, "reserved"),
            ({"digest": "sha384"}, "hash"),
        ):
            story = Story()
            story.enrol()
            story.submit()
            story.decide(sign=lambda message, key=story.key, options=options: key.sign(message, **options))
            self.assert_no("decisions", story.package(), words)
        self.assert_no("decisions", self.decided(sign=SshKey().sign), "another key")

    def test_a_security_key_must_have_seen_its_user(self):
        for kind in ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"):
            for flags, is_present in ((1, True), (5, True), (0, False), (4, False)):
                package = Story(SshKey(kind, flags)).usual().package()
                if is_present:
                    self.assert_yes(package)
                else:
                    self.assert_no("decisions", package, "present")

    def test_an_rsa_key_signs_with_sha2_only(self):
        key = SshKey("ssh-rsa")
        for algorithm, is_accepted in (("rsa-sha2-256", True), ("rsa-sha2-512", True), ("ssh-rsa", False)):
            key.rsa_hash = algorithm
            package = Story(key).usual().package()
            if is_accepted:
                self.assert_yes(package)
            else:
                self.assert_no("decisions", package, "algorithm")

    def test_what_cannot_be_read_makes_a_decision_not_checkable(self):
        for withheld in (0, 1):
            story = Story().usual()
            redact(story, withheld)
            report = self.assert_yes(story.package())
            self.assertEqual((report["decisions_checked"], report["decisions_not_checkable"]), (0, 1), withheld)
        story = Story()
        story.enrol()
        story.submit()
        revoked = story.organisation.add("people.key_revoked", BORIS, {"key_id": "KEY-0001"})
        story.decide()
        redact(story, revoked)
        self.assertEqual(self.assert_yes(story.package())["decisions_not_checkable"], 1)

    def test_a_withheld_decision_is_passed_over_and_counted_as_withheld(self):
        story = Story().usual()
        redact(story, 2)
        report = self.assert_yes(story.package())
        counts = (report["decisions_checked"], report["decisions_not_checkable"], report["withheld_redacted"])
        self.assertEqual(counts, (0, 0, 1))

    def test_what_is_withheld_of_others_or_later_excuses_nothing(self):
        story = Story()
        redact(story, story.enrol(CARLA, "KEY-0003"))
        story.submit()
        story.decide()
        self.assert_no("decisions", story.package(), "not enrolled")
        story = Story()
        story.enrol()
        story.decide()
        redact(story, story.submit())
        self.assert_no("decisions", story.package(), "earlier")


class Evidence(Judged):
    def test_evidence_that_is_missing_or_of_another_size_is_refused(self):
        story = Story().usual()
        files = {path: data for path, data in story.files().items() if not path.startswith("evidence/")}
        self.assert_no("evidence", story.organisation.seal(files), "not in the package")
        for changes in ({"size": 3}, {"sha256": "0" * 64}):
            story = Story()
            story.submit()
            story.attach(**changes)
            self.assert_no("evidence", story.package())

    def test_evidence_payloads_and_blobs_of_another_form_are_refused(self):
        for changes in ({"name": 1}, {"media_type": 1}, {"size": "3"}, {"sha256": "x"}, {"blobs": 0}, {"blobs": 2}):
            story = Story()
            story.submit()
            story.attach(**changes)
            self.assert_no("evidence", story.package())

    def test_a_file_that_no_entry_names_or_with_another_content_is_refused(self):
        story = Story().usual()
        self.assert_no("evidence", story.organisation.seal({**story.files(), "evidence/" + "0" * 64: b""}), "names")
        (path,) = story.evidence
        story.evidence[path] = b"DPKG log\n"
        self.assert_no("evidence", story.package(), "content")

    def test_a_file_named_only_by_a_withheld_payload_is_refused(self):
        story = Story().usual()
        redact(story, 3)
        self.assert_no("evidence", story.package(), "names")
        story.evidence.clear()
        self.assert_yes(story.package())

    def destroyed(self, payload, before=False, **members):
        story = Story()
        story.submit()
        if before:
            story.organisation.add("evidence.destroyed", "EVD-0001", payload, **members)
        story.attach()
        if not before:
            story.organisation.add("evidence.destroyed", "EVD-0001", payload, **members)
        story.evidence.clear()
        return story.package()

    def test_destroyed_evidence_need_not_be_there(self):
        digest = building.sha256(b"dpkg log\n")
        good = {"evidence": "EVD-0001", "sha256": digest}
        self.assert_yes(self.destroyed(good))
        for payload, options in (
            (good, {"before": True}),
            ({**good, "evidence": "EVD-0002"}, {}),
            ({**good, "sha256": "0" * 64}, {}),
            ({"evidence": "EVD-0001"}, {}),
            ({**good, "evidence": 1}, {}),
            (good, {"type_v": 2}),
            (good, {"sealed": True}),
        ):
            self.assert_no("evidence", self.destroyed(payload, **options))

    def test_what_is_said_of_destroyed_evidence_is_not_compared_with_a_file_of_others(self):
        digest = building.sha256(b"dpkg log\n")
        for size in (9, 3):
            story = Story()
            story.submit()
            story.attach(size=size)
            story.organisation.add("evidence.destroyed", "EVD-0001", {"evidence": "EVD-0001", "sha256": digest})
            story.attach(subject="EVD-0002")
            self.assert_yes(story.package())
        story.organisation.add("evidence.destroyed", "EVD-0002", {"evidence": "EVD-0002", "sha256": digest})
        self.assert_yes(story.package())
        story.evidence["evidence/" + digest] = b"DPKG log\n"
        self.assert_no("evidence", story.package(), "named after")


if __name__ == "__main__":
    unittest.main()
