"""The Merkle tree (page, section 2.2): RFC 6962 section 2.1, proofs checked as RFC 9162 section 2.1.3.2 and 2.1.4.2."""

import hashlib

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry):
    """Hash of a leaf: SHA-256(00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    """Hash of a node: SHA-256(01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_holds(index, size, leaf, path, root):
    """True where `path` leads from the leaf hash at `index` to the root of the tree of `size` entries."""
    return len(leaf) == len(root) == 32 and Inclusions(size, root).holds(index, leaf, path)


class Inclusions:
    """Checks many inclusion proofs of one tree. Neighbours share the upper part of their proofs, which is followed once."""

    def __init__(self, size, root):
        self.size = size
        self.root = root
        # Where a proof that holds stood on its way, and the rest of its path from there.
        self.followed = {}

    def holds(self, index, leaf, path):
        """Follows the path as RFC 9162 section 2.1.3.2; from the same place the same rest leads to the same root."""
        if not 0 <= index < self.size:
            return False
        fn, sn, reached, passed = index, self.size - 1, leaf, []
        for number, sibling in enumerate(path):
            rest = self.followed.get((fn, sn, reached))
            if rest is not None and rest == path[number:]:
                break
            if sn == 0:
                return False
            passed.append((fn, sn, reached))
            if fn & 1 or fn == sn:
                reached = node_hash(sibling, reached)
                while not fn & 1 and fn != 0:
                    fn, sn = fn >> 1, sn >> 1
            else:
                reached = node_hash(reached, sibling)
            fn, sn = fn >> 1, sn >> 1
        else:
            if sn != 0 or reached != self.root:
                return False
        for number, place in enumerate(passed):
            self.followed[place] = path[number:]
        return True


def consistency_holds(old_size, new_size, old_root, new_root, path):
    """True where `path` proves that the tree of `new_size` begins with the tree of `old_size`."""
    if not 0 <= old_size <= new_size or len(old_root) != 32 or len(new_root) != 32:
        return False
    if old_size == new_size:
        return path == [] and old_root == new_root
    return subtree_consistency_holds(0, old_size, new_size, old_root, new_root, path)


def subtree_consistency_holds(start, end, size, part_root, root, path):
    """True where `path` proves that the entries from `start` to before `end`, a whole subtree, stand in the tree.

    No entries stand in every tree; then there is nothing to prove and the path is empty.
    For `start` 0 this is RFC 9162 section 2.1.4.2. The general form costs nothing and lets public test vectors
    of both kinds run against the code that the verifier uses.
    """
    if 0 <= start == end <= size:
        return path == [] and part_root == EMPTY_ROOT
    if not (is_subtree(start, end) and end <= size):
        return False
    fn, sn, tn = start, end - 1, size - 1
    reaches_the_end = sn == tn
    while fn != sn and (reaches_the_end or sn & 1):
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    rest = iter(path)
    first = part_root if fn == sn else next(rest, None)
    if first is None:
        return False
    part_reached = reached = first
    for sibling in rest:
        if tn == 0:
            return False
        if sn & 1 or sn == tn:
            if fn < sn:
                part_reached = node_hash(sibling, part_reached)
            reached = node_hash(sibling, reached)
            while not sn & 1 and sn != 0:
                fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
        else:
            reached = node_hash(reached, sibling)
        fn, sn, tn = fn >> 1, sn >> 1, tn >> 1
    return tn == 0 and part_reached == part_root and reached == root


def is_subtree(start, end):
    """True where the range is not empty and begins at a multiple of the power of two that its length fits into."""
    if not 0 <= start < end:
        return False
    width = 1 << (end - start - 1).bit_length()
    return start % width == 0
