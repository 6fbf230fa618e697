"""The files of a package, out of a ZIP archive or a directory (page, section 3; steps 1 and 2 of section 4).

Python's `zipfile` is not used: it accepts archives that hide bytes between and behind their members.
"""

import hashlib
import os
import re
import stat
import struct
import zlib

from refusal import Refused, shown

FILES_MAX = 65_535
BYTES_MAX = 4_294_967_295
PATH_BYTES_MAX = 200
REQUIRED = (
    "ledger/checkpoint",
    "ledger/entries.jsonl",
    "ledger/payloads.jsonl",
    "ledger/proofs.jsonl",
    "manifest.json",
    "manifest.note",
)
_OTHERS = {"index.html", "ledger/consistency.jsonl"}
_PARTS = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_EVIDENCE = re.compile("evidence/[0-9a-f]{64}")

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_FLAGS, _DATE, _VERSION = 0x0800, 0x0021, 20


class ZipFiles:
    """A ZIP archive that is byte for byte as section 3.3 says; `data` is bytes or a memory map."""

    def __init__(self, data):
        """Walks over the local headers, then compares the rest with what must follow; raises `Refused`."""
        self.data = memoryview(data)
        self.places = {}
        if len(data) > BYTES_MAX:
            raise Refused("archive", "the archive", f"more than {BYTES_MAX} bytes")
        at, central = 0, []
        while self.data[at : at + 4] == b"PK\x03\x04":
            at = self._member(at, central)
        directory = b"".join(central)
        count = len(central)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
        if self.data[at:] != directory + end:
            raise Refused("archive", f"byte {at}", "the central directory is not exactly that of the members before it")

    def _member(self, at, central):
        if len(central) == FILES_MAX:
            raise Refused("archive", f"byte {at}", f"more than {FILES_MAX} members")
        head = bytes(self.data[at : at + _LOCAL.size])
        if len(head) != _LOCAL.size:
            raise Refused("archive", f"byte {at}", "the archive ends in a local header")
        crc, packed, size, name_length = _LOCAL.unpack(head)[6:10]
        start = at + _LOCAL.size + name_length
        end = start + size
        if end > len(self.data):
            raise Refused("archive", f"byte {at}", "the archive ends within a member")
        name = bytes(self.data[at + _LOCAL.size : start])
        true_crc = zlib.crc32(self.data[start:end])
        expected = _LOCAL.pack(
            b"PK\x03\x04", _VERSION, _FLAGS, 0, 0, _DATE, true_crc, size, size, name_length, 0
        )
        if head != expected:
            sentence = "content does not agree with its CRC-32" if crc != true_crc else "local header has another form"
            raise Refused("archive", f"member {shown(name)}, byte {at}", sentence)
        if self.places and name <= self.last:
            raise Refused("archive", f"member {shown(name)}, byte {at}", "members are not in the byte order of their paths")
        self.last = name
        self.places[name] = (start, end)
        central.append(
            _CENTRAL.pack(
                b"PK\x01\x02", _VERSION, _VERSION, _FLAGS, 0, 0, _DATE, true_crc, size, size,
                name_length, 0, 0, 0, 0, 0, at,
            )
            + name
        )
        return end

    def names(self):
        return list(self.places)

    def size(self, path):
        start, end = self.places[path.encode("ascii")]
        return end - start

    def read(self, path):
        start, end = self.places[path.encode("ascii")]
        return bytes(self.data[start:end])

    def sha256(self, path):
        start, end = self.places[path.encode("ascii")]
        return hashlib.sha256(self.data[start:end]).hexdigest()


class DirectoryFiles:
    """A directory of plain files and folders, without links, within the limits of section 3.3."""

    def __init__(self, root):
        self.root = os.fsencode(root)
        self.sizes = {}
        self.kept = {}
        self.total = 0
        try:
            self._walk()
        except OSError as error:
            raise Refused("archive", shown(error.filename), f"cannot be read: {error.strerror}") from None

    def _walk(self):
        folders, count = [b""], 0
        while folders:
            folder = folders.pop()
            count += 1
            if len(folder) > PATH_BYTES_MAX or count > FILES_MAX:
                sentence = f"a folder's path of more than {PATH_BYTES_MAX} bytes, or more than {FILES_MAX} folders"
                raise Refused("archive", shown(folder), sentence)
            with os.scandir(os.path.join(self.root, folder)) as items:
                for item in items:
                    path = folder + b"/" + item.name if folder else item.name
                    status = item.stat(follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(path)
                    elif stat.S_ISREG(status.st_mode):
                        self._add(path, status.st_size)
                    else:
                        raise Refused("archive", shown(path), "neither a plain file nor a folder")

    def _add(self, path, size):
        self.sizes[path] = size
        self.total += size
        if len(self.sizes) > FILES_MAX:
            raise Refused("archive", shown(path), f"more than {FILES_MAX} files")
        if self.total > BYTES_MAX:
            raise Refused("archive", shown(path), f"more than {BYTES_MAX} bytes of content")

    def names(self):
        return list(self.sizes)

    def size(self, path):
        return self.sizes[path.encode("ascii")]

    def read(self, path):
        """Reads a file once and keeps it: what was hashed is what is looked at, even if the disk changes."""
        if path not in self.kept:
            self.kept[path] = b"".join(self._pieces(path))
        return self.kept[path]

    def sha256(self, path):
        if path in self.kept or path.startswith(("ledger/", "manifest.")):
            return hashlib.sha256(self.read(path)).hexdigest()
        digest = hashlib.sha256()
        for piece in self._pieces(path):
            digest.update(piece)
        return digest.hexdigest()

    def _pieces(self, path):
        name = path.encode("ascii")
        left = self.sizes[name]
        try:
            with open(os.path.join(self.root, name), "rb") as file:
                while left > 0:
                    piece = file.read(min(left, 1 << 20))
                    if not piece:
                        raise Refused("archive", path, "became shorter while it was read")
                    left -= len(piece)
                    yield piece
        except OSError as error:
            raise Refused("archive", path, f"cannot be read: {error.strerror}") from None


def check_paths(files):
    """Step 2: the required files are there and every path is one that section 3 allows. Returns the set of paths."""
    paths = set()
    for name in files.names():
        path = name.decode("ascii", "replace")
        if len(name) > PATH_BYTES_MAX or _PARTS.fullmatch(path) is None:
            raise Refused("paths", shown(name), "not a path that a package may have")
        known = path in REQUIRED or path in _OTHERS or path.startswith("readable/")
        if not known and _EVIDENCE.fullmatch(path) is None:
            raise Refused("paths", path, "no place of a package")
        paths.add(path)
    for path in REQUIRED:
        if path not in paths:
            raise Refused("paths", path, "missing")
    for path in paths:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if "/".join(parts[:depth]) in paths:
                raise Refused("paths", path, "one of its folders is a file")
    return paths
