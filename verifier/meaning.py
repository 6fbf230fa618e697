"""What the entries say together: scope, keys, submissions, decisions, evidence (page, section 5; steps 10 to 14)."""

import hashlib

import forms
from refusal import Malformed, Refused
from sshsig import PublicKey

_BEFORE_A_PERIOD = {"people.key_enrolled", "people.key_revoked", "changes.submitted"}
_AFTER_A_PERIOD = {"evidence.destroyed", "history.redacted"}

_KEY_ENROLLED = {"key": forms.STRING, "key_id": forms.KEY_ID}
_KEY_REVOKED = {"key_id": forms.KEY_ID}
_SUBMITTED = {"digest": forms.HASH, "requester": forms.PERSON, "revision": forms.FROM_ONE, "text": forms.STRING}
_DECIDED = {
    "capacity": forms.ONE_LINE,
    "decision": forms.one_of("approve", "disapprove"),
    "digest": forms.HASH,
    "key_id": forms.KEY_ID,
    "person": forms.PERSON,
    "revision": forms.FROM_ONE,
    "signature": forms.STRING,
    "signed_at": forms.TIME,
}
_DECIDED_OPTIONAL = {"alternative": forms.FILLED, "comment": forms.STRING}
_EVIDENCE_ADDED = {
    "media_type": forms.STRING,
    "name": forms.STRING,
    "sha256": forms.HASH,
    "size": forms.NUMBER,
}
_EVIDENCE_DESTROYED = {"evidence": forms.SUBJECT, "sha256": forms.HASH}


def check_scope(manifest, entries):
    """Step 10: the package holds what its manifest says it is about, without gaps."""
    scope = manifest["scope"]
    if scope["kind"] == "period":
        _check_period(scope["first"], scope["last"], entries)
    else:
        _check_change(scope["subject"], entries)


def _check_period(first, last, entries):
    within = 0
    for entry in entries:
        if entry.index < first and entry.type not in _BEFORE_A_PERIOD:
            raise Refused("scope", entry.place, f"stands before the period {first} to {last}, which does not lean on it")
        if entry.index > last and entry.type not in _AFTER_A_PERIOD:
            raise Refused("scope", entry.place, f"stands after the period {first} to {last}, which does not lean on it")
        within += first <= entry.index <= last
    if within != last - first + 1:
        raise Refused("scope", f"period {first} to {last}", f"only {within} of its entries are in the package")


def _check_change(subject, entries):
    before = None
    for entry in entries:
        if entry.subject != subject:
            continue
        if entry.previous != before:
            told = "none" if entry.previous is None else entry.previous
            found = "none" if before is None else before
            raise Refused("scope", entry.place, f"its previous is {told}, but the one before it in the package is {found}")
        before = entry.index
    if before is None:
        raise Refused("scope", f"change {subject}", "no entry of the package has this subject")


def _readable(entry, code, required, optional=None):
    """Checks version and payload of an entry that section 5 names. Returns None where the payload is withheld."""
    if entry.type_v != 1:
        raise Refused(code, entry.place, f"version {entry.type_v} of this type is not known")
    if entry.withheld is not None:
        return None
    try:
        forms.check_members(entry.payload, required, optional or {}, others_allowed=True)
    except Malformed as error:
        raise Refused(code, entry.place, f"payload: {error}") from None
    return entry.payload


class Keys:
    """Step 11: who had which key enrolled, and until when (section 5.1)."""

    def __init__(self, entries):
        self.enrolled = {}
        self.owners = {}
        self.revoked = {}
        self.withheld_enrolments = {}
        self.withheld_revocations = {}
        for entry in entries:
            if entry.type == "people.key_enrolled":
                self._enrol(entry)
            elif entry.type == "people.key_revoked":
                self._revoke(entry)

    def _enrol(self, entry):
        self._check_person(entry)
        payload = _readable(entry, "keys", _KEY_ENROLLED)
        if payload is None:
            self.withheld_enrolments.setdefault(entry.subject, entry.index)
            return
        if payload["key_id"] in self.enrolled:
            raise Refused("keys", entry.place, f"{payload['key_id']} is enrolled a second time")
        try:
            key = PublicKey(payload["key"])
        except Malformed as error:
            raise Refused("keys", entry.place, f"key: {error}") from None
        if key.blob in self.owners:
            raise Refused("keys", entry.place, f"the same key was enrolled before, for {self.owners[key.blob]}")
        self.owners[key.blob] = entry.subject
        self.enrolled[payload["key_id"]] = (entry.subject, entry.index, key)

    def _revoke(self, entry):
        self._check_person(entry)
        payload = _readable(entry, "keys", _KEY_REVOKED)
        if payload is None:
            self.withheld_revocations.setdefault(entry.subject, []).append(entry.index)
            return
        key_id = payload["key_id"]
        if key_id in self.enrolled:
            if self.enrolled[key_id][0] != entry.subject:
                raise Refused("keys", entry.place, f"{key_id} is another person's key")
        elif entry.subject not in self.withheld_enrolments:
            raise Refused("keys", entry.place, f"{key_id} was not enrolled earlier in the package")
        self.revoked.setdefault((entry.subject, key_id), []).append(entry.index)

    @staticmethod
    def _check_person(entry):
        if not forms.PERSON.test(entry.subject):
            raise Refused("keys", entry.place, "its subject is not a person")

    def for_decision(self, key_id, person, entry):
        """The key to check a decision with (section 5.3, point 3); None where that cannot be told."""
        owner, since, key = self.enrolled.get(key_id, (None, None, None))
        if since is None or since > entry.index:
            withheld = self.withheld_enrolments.get(person)
            if withheld is not None and withheld < entry.index:
                return None
            raise Refused("decisions", entry.place, f"{key_id} is not enrolled earlier in the package")
        if owner != person:
            raise Refused("decisions", entry.place, f"{key_id} is not a key of {person}")

        def between(indexes):
            return [index for index in indexes if since < index < entry.index]

        for until in between(self.revoked.get((person, key_id), ())):
            raise Refused("decisions", entry.place, f"{key_id} was revoked by entry {until}")
        return None if between(self.withheld_revocations.get(person, ())) else key


class Submissions:
    """Step 12: the texts that were submitted, by subject and revision (section 5.2)."""

    def __init__(self, entries):
        self.readable = {}
        self.withheld = {}
        for entry in entries:
            if entry.type == "changes.submitted":
                self._submit(entry)

    def _submit(self, entry):
        payload = _readable(entry, "submissions", _SUBMITTED)
        if payload is None:
            self.withheld.setdefault(entry.subject, entry.index)
            return
        if hashlib.sha256(payload["text"].encode("utf-8")).hexdigest() != payload["digest"]:
            raise Refused("submissions", entry.place, "its digest is not that of its text")
        revision = (entry.subject, payload["revision"])
        if revision in self.readable:
            raise Refused("submissions", entry.place, f"revision {payload['revision']} is submitted a second time")
        self.readable[revision] = (entry.index, payload)

    def for_decision(self, payload, entry):
        """The submission that a decision is about (section 5.3, point 1); None where it is withheld."""
        index, submission = self.readable.get((entry.subject, payload["revision"]), (None, None))
        if index is not None and index < entry.index and submission["digest"] == payload["digest"]:
            return submission
        withheld = self.withheld.get(entry.subject)
        if withheld is not None and withheld < entry.index:
            return None
        sentence = f"no submission of revision {payload['revision']} with this digest stands earlier in the package"
        raise Refused("decisions", entry.place, sentence)


def check_decisions(entries, keys, submissions, origin):
    """Step 13: every decision is signed by its person. Returns how many were checked and how many could not be."""
    checked = not_checkable = 0
    for entry in entries:
        if entry.type != "changes.decided":
            continue
        payload = _readable(entry, "decisions", _DECIDED, _DECIDED_OPTIONAL)
        if payload is None:
            continue
        if _check_decision(payload, entry, keys, submissions, origin):
            checked += 1
        else:
            not_checkable += 1
    return checked, not_checkable


def _check_decision(payload, entry, keys, submissions, origin):
    """Section 5.3. True where the signature was verified, False where something it needs is withheld."""
    person = payload["person"]
    if person != entry.actor:
        raise Refused("decisions", entry.place, f"person {person} is not the entry's actor {entry.actor}")
    submission = submissions.for_decision(payload, entry)
    if submission is None:
        return False
    if person == submission["requester"] and "alternative" not in payload:
        raise Refused("decisions", entry.place, f"{person} decided on their own request")
    key = keys.for_decision(payload["key_id"], person, entry)
    if key is None:
        return False
    try:
        key.check(payload["signature"], signed_message(origin, entry.subject, payload, submission["text"]))
    except Malformed as error:
        raise Refused("decisions", entry.place, str(error)) from None
    return True


def signed_message(origin, subject, payload, text):
    """The bytes that a person signs (section 5.3)."""
    comment = payload.get("comment", "").replace("\\", "\\\\").replace("\n", "\\n")
    return (
        "tagout approval 1\n"
        f"origin: {origin}\n"
        f"change: {subject}\n"
        f"revision: {payload['revision']}\n"
        f"digest: sha256:{payload['digest']}\n"
        f"decision: {payload['decision']}\n"
        f"capacity: {payload['capacity']}\n"
        f"person: {payload['person']}\n"
        f"time: {payload['signed_at']}\n"
        f"comment: {comment}\n"
        "\n"
        f"{text}"
    ).encode("utf-8")


def check_evidence(entries, files, hash_of):
    """Step 14: evidence is there or destroyed on record, and nothing else lies beside it (section 5.4).

    `hash_of` is the SHA-256 of every file, by path. Returns how many evidence files the package holds.
    """
    destroyed, added = {}, []
    for entry in entries:
        if entry.type == "evidence.destroyed":
            payload = _readable(entry, "evidence", _EVIDENCE_DESTROYED)
            if payload is not None:
                destroyed[payload["evidence"], payload["sha256"]] = entry.index
        elif entry.type == "evidence.added":
            payload = _readable(entry, "evidence", _EVIDENCE_ADDED)
            if payload is not None:
                added.append((entry, payload))
    named = set()
    for entry, payload in added:
        if entry.blobs != 1:
            raise Refused("evidence", entry.place, f"it has {entry.blobs} blobs and not exactly one")
        path = "evidence/" + payload["sha256"]
        named.add(path)
        if destroyed.get((entry.subject, payload["sha256"]), -1) > entry.index:
            continue
        if path not in hash_of:
            raise Refused("evidence", entry.place, f"{path} is not in the package and not destroyed later")
        if files.size(path) != payload["size"]:
            raise Refused("evidence", path, f"its size is not as entry {entry.index} says")
    present = [path for path in hash_of if path.startswith("evidence/")]
    for path in present:
        if path not in named:
            raise Refused("evidence", path, "no readable entry names this file")
        if path != "evidence/" + hash_of[path]:
            raise Refused("evidence", path, "its content is not what it is named after")
    return len(present)
