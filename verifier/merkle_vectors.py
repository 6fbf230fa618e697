"""Runs the public Merkle vectors and a public log's checkpoints through the verifier's code.

518 inclusion and consistency vectors and 16 checkpoints, looked for in `$TAGOUT_SAMPLE_DATA/ledger` or
`../shared/data/ledger` beside the repository. Run as `python3 merkle_vectors.py`, or by the unit tests.
"""

import base64
import binascii
import json
import os
import pathlib
import struct
import sys

import building
import merkle
from note import Checkpoint, VerifierKey

VECTORS = {"inclusion": 98, "consistency": 98, "subtreeinclusion": 204, "subtreeconsistency": 118}
CHECKPOINTS = 16
LOG_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
# Its roots have 12 bytes; other implementations compare them without looking, a strict one refuses.
ODD = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"


def find():
    """The folder with the vectors, or None."""
    repository = pathlib.Path(__file__).resolve().parent.parent
    data = pathlib.Path(os.environ.get("TAGOUT_SAMPLE_DATA") or repository.parent / "shared" / "data")
    return data / "ledger" if (data / "ledger" / "merkle").is_dir() else None


def vector_holds(kind, vector):
    """What the verifier's code says about one vector."""
    try:
        path = [base64.b64decode(item, validate=True) for item in vector["proof"] or []]
        hashes = {
            name: base64.b64decode(vector[name] or "", validate=True)
            for name in ("root", "root1", "root2", "leafHash")
            if name in vector
        }
    except binascii.Error:
        return False
    if kind == "inclusion":
        return merkle.inclusion_holds(vector["leafIdx"], vector["treeSize"], hashes["leafHash"], path, hashes["root"])
    if kind == "consistency":
        return merkle.consistency_holds(vector["size1"], vector["size2"], hashes["root1"], hashes["root2"], path)
    start, end = vector["start"], vector["end"]
    if kind == "subtreeinclusion":
        index, size = vector["leafIdx"] - start, end - start
        return merkle.is_subtree(start, end) and merkle.inclusion_holds(
            index, size, hashes["leafHash"], path, hashes["root"]
        )
    return merkle.subtree_consistency_holds(start, end, vector["size"], hashes["root1"], hashes["root2"], path)


def run_vectors(folder):
    """Returns the number of vectors by kind, and the names of those with another verdict than theirs."""
    counts, other = {}, []
    for kind in VECTORS:
        for file in sorted((folder / "merkle" / kind).rglob("*.json")):
            vector = json.loads(file.read_text())
            counts[kind] = counts.get(kind, 0) + 1
            if vector_holds(kind, vector) == vector["wantErr"]:
                other.append(file.relative_to(folder / "merkle").as_posix())
    return counts, other


def run_checkpoints(folder):
    """Verifies all checkpoints, their roots against the log's entries, and consistency between every two."""
    key = VerifierKey(LOG_KEY)
    entries = _bundle((folder / "tessera-log/log/tile/entries/000.p/15").read_bytes())
    leaves = [building.leaf(entry) for entry in entries]
    seen = {}
    for size in range(CHECKPOINTS):
        checkpoint = Checkpoint((folder / f"tessera-log/log/checkpoint.{size}").read_bytes(), key)
        if checkpoint.size != size or checkpoint.root != building.tree_root(leaves[:size]):
            raise AssertionError(f"checkpoint {size} does not belong to the log's entries")
        seen[size] = checkpoint
    for new in seen.values():
        for old in seen.values():
            if old.size <= new.size:
                path = building.consistency(old.size, leaves[: new.size]) if old.size else []
                if not merkle.consistency_holds(old.size, new.size, old.root, new.root, path):
                    raise AssertionError(f"checkpoint {new.size} does not continue {old.size}")
    return len(seen)


def _bundle(data):
    """Entries of a tlog-tiles bundle: each after its length in two bytes, big endian."""
    entries, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">H", data, at)
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return entries


def main():
    folder = find()
    if folder is None:
        print("skipped: no sample data for the Merkle vectors")
        return 0
    counts, other = run_vectors(folder)
    print(f"{sum(counts.values())} vectors, other verdict than theirs: {', '.join(other) or 'none'}")
    print(f"{run_checkpoints(folder)} checkpoints hold")
    return 0 if counts == VECTORS and other == [ODD] else 1


if __name__ == "__main__":
    sys.exit(main())
