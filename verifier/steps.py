"""The verdict: all fifteen steps of section 4 of the page in their order, and the report."""

import hashlib

import canonical
import forms
import ledger
import meaning
import merkle
import package
from note import Checkpoint, open_note
from refusal import Malformed, Refused, shown

MANIFEST_BYTES_MAX = 33_554_432

_MANIFEST = {
    "files": forms.ARRAY,
    "format": forms.one_of("tagout-package"),
    "origin": forms.ORIGIN,
    "policy_version": forms.NUMBER,
    "scope": forms.OBJECT,
    "time": forms.TIME,
    "v": forms.exactly(1),
}
_FILE = {"path": forms.STRING, "sha256": forms.HASH, "size": forms.NUMBER}
_CHANGE = {"kind": forms.one_of("change"), "subject": forms.SUBJECT}
_PERIOD = {"first": forms.NUMBER, "kind": forms.one_of("period"), "last": forms.NUMBER}


def verify(open_files, key, earlier=()):
    """Runs all steps and returns the report; raises `Refused` at the first thing wrong.

    `open_files` is called without arguments and does step 1; `earlier` is pairs of a name and a checkpoint's bytes.
    """
    files = open_files()
    paths = package.check_paths(files)
    signed_hash = check_manifest_signature(files, key)
    manifest = check_manifest(files, key, signed_hash)
    hash_of = check_files(files, paths, manifest)
    checkpoint, consistency = ledger.check_checkpoint(files, paths, key, manifest)
    entries = ledger.check_entries(files, manifest)
    ledger.check_proofs(files, entries, checkpoint)
    ledger.check_payloads(files, entries)
    meaning.check_scope(manifest, entries)
    keys = meaning.Keys(entries)
    submissions = meaning.Submissions(entries)
    checked, not_checkable = meaning.check_decisions(entries, keys, submissions, manifest["origin"])
    evidence = meaning.check_evidence(entries, files, hash_of)
    for name, data in earlier:
        check_history(name, data, key, checkpoint, consistency)
    return {
        "origin": manifest["origin"],
        "scope": manifest["scope"],
        "time": manifest["time"],
        "checkpoint_size": checkpoint.size,
        "checkpoint_root": checkpoint.root.hex(),
        "entries": len(entries),
        "decisions_checked": checked,
        "decisions_not_checkable": not_checkable,
        "evidence": evidence,
        "withheld_sealed": sum(entry.withheld == "sealed" for entry in entries),
        "withheld_redacted": sum(entry.withheld == "redacted" for entry in entries),
        "redacted_entries": [entry.index for entry in entries if entry.withheld == "redacted"],
        "earlier_checkpoints": len(earlier),
    }


def check_manifest_signature(files, key):
    """Step 3: the note over the manifest. Returns the hash that it signs."""
    place = "manifest.note"
    try:
        text = open_note(files.read(place), key)
    except Malformed as error:
        raise Refused("manifest-signature", place, str(error)) from None
    head = f"tagout package 1 {key.name}\n"
    if not (text.startswith(head) and text.endswith("\n") and forms.HASH.test(text[len(head) : -1])):
        raise Refused("manifest-signature", place, "its text is not that of a package of this organisation")
    return text[len(head) : -1]


def check_manifest(files, key, signed_hash):
    """Step 4: the manifest, once its hash is known to be the signed one."""
    place = "manifest.json"
    if files.size(place) > MANIFEST_BYTES_MAX:
        raise Refused("manifest", place, f"more than {MANIFEST_BYTES_MAX} bytes")
    data = files.read(place)
    if hashlib.sha256(data).hexdigest() != signed_hash:
        raise Refused("manifest", place, "its hash is not the signed one")
    try:
        if not data.endswith(b"\n"):
            raise Malformed("it does not end in a newline")
        manifest = canonical.parse_object(data[:-1])
        forms.check_members(manifest, _MANIFEST, {}, others_allowed=False)
        if manifest["origin"] != key.name:
            raise Malformed("its origin is not the key's name")
        _check_scope_form(manifest["scope"])
        _check_file_list(manifest["files"])
    except Malformed as error:
        raise Refused("manifest", place, str(error)) from None
    return manifest


def _check_scope_form(scope):
    if scope.get("kind") != "period":
        forms.check_members(scope, _CHANGE, {}, others_allowed=False)
        return
    forms.check_members(scope, _PERIOD, {}, others_allowed=False)
    if scope["first"] > scope["last"]:
        raise Malformed("the period ends before it begins")


def _check_file_list(listed):
    before = None
    for file in listed:
        forms.check_members(file, _FILE, {}, others_allowed=False)
        path = file["path"].encode("utf-8")
        if before is not None and path <= before:
            raise Malformed(f"files are not in byte order, each once, at {shown(file['path'])}")
        before = path


def check_files(files, paths, manifest):
    """Step 5: the files are the listed ones. Returns the SHA-256 of each by path."""
    listed = {file["path"]: file for file in manifest["files"]}
    for path in sorted(paths - {"manifest.json", "manifest.note"}):
        if path not in listed:
            raise Refused("files", path, "not listed in the manifest")
    for path, file in listed.items():
        if path not in paths or path in ("manifest.json", "manifest.note"):
            raise Refused("files", shown(path), "listed in the manifest, but not a file that it may list")
        if files.size(path) != file["size"]:
            raise Refused("files", path, f"has {files.size(path)} bytes, the manifest says {file['size']}")
    for path, file in listed.items():
        if files.sha256(path) != file["sha256"]:
            raise Refused("files", path, "its SHA-256 is not the listed one")
    return {path: file["sha256"] for path, file in listed.items()}


def check_history(name, data, key, checkpoint, consistency):
    """Step 15: the package's checkpoint continues an earlier one (section 3.4)."""
    try:
        earlier = Checkpoint(data, key)
    except Malformed as error:
        raise Refused("history", name, str(error)) from None
    if earlier.origin != checkpoint.origin:
        raise Refused("history", name, "its origin is not that of the package")
    if earlier.size > checkpoint.size:
        raise Refused("history", name, f"its size {earlier.size} is above the package's {checkpoint.size}")
    path = [] if earlier.size in (0, checkpoint.size) else consistency.get(earlier.size)
    if path is None:
        sentence = f"the package has no proof from size {earlier.size}: export again with --since {earlier.size}"
        raise Refused("history", name, sentence)
    if not merkle.consistency_holds(earlier.size, checkpoint.size, earlier.root, checkpoint.root, path):
        raise Refused("history", name, "the package's ledger does not continue this checkpoint: its history was changed")
