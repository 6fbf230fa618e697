"""The Merkle proofs, against public vectors and against the definitions of RFC 6962."""

import hashlib
import unittest

import building
import merkle
import merkle_vectors


class PublicVectors(unittest.TestCase):
    def setUp(self):
        self.folder = merkle_vectors.find()
        if self.folder is None:
            print("skipped: no sample data for the Merkle vectors")

    def test_every_vector_but_the_odd_one_gives_its_verdict(self):
        if self.folder is not None:
            counts, other = merkle_vectors.run_vectors(self.folder)
            self.assertEqual(counts, merkle_vectors.VECTORS)
            self.assertEqual(sum(counts.values()), 518)
            self.assertEqual(other, [merkle_vectors.ODD])

    def test_sixteen_checkpoints_of_a_public_log_hold(self):
        if self.folder is not None:
            self.assertEqual(merkle_vectors.run_checkpoints(self.folder), 16)


class Proofs(unittest.TestCase):
    LEAVES = [hashlib.sha256(bytes([0, number])).digest() for number in range(33)]

    def test_every_inclusion_proof_holds_at_its_index_and_at_no_other(self):
        for size in range(1, 34):
            leaves = self.LEAVES[:size]
            root = building.tree_root(leaves)
            for index in range(size):
                path = building.inclusion(index, leaves)
                for claimed in range(size + 1):
                    holds = merkle.inclusion_holds(claimed, size, leaves[index], path, root)
                    self.assertEqual(holds, claimed == index, (size, index, claimed))

    def test_many_proofs_checked_together_are_judged_as_each_alone(self):
        for size in range(1, 34):
            leaves = self.LEAVES[:size]
            root = building.tree_root(leaves)
            together = merkle.Inclusions(size, root)
            for index in range(size):
                path = building.inclusion(index, leaves)
                bent = [[*path[:at], bytes(32), *path[at + 1 :]] for at in range(len(path))]
                for tried in (path, *bent, path[:-1], [*path, root], path):
                    for claimed in (index, (index + 1) % size, size):
                        alone = merkle.inclusion_holds(claimed, size, leaves[index], tried, root)
                        self.assertEqual(together.holds(claimed, leaves[index], tried), alone, (size, index, claimed))

    def test_every_consistency_proof_holds_and_breaks_with_any_of_its_hashes(self):
        for size in range(1, 34):
            root = building.tree_root(self.LEAVES[:size])
            for old in range(1, size + 1):
                path = building.consistency(old, self.LEAVES[:size])
                old_root = building.tree_root(self.LEAVES[:old])
                self.assertTrue(merkle.consistency_holds(old, size, old_root, root, path), (old, size))
                self.assertFalse(merkle.consistency_holds(old, size, old_root, root, [*path, root]))
                self.assertFalse(merkle.consistency_holds(old, size, bytes(32), root, path))
                for at in range(len(path)):
                    broken = [*path[:at], bytes(32), *path[at + 1 :]]
                    self.assertFalse(merkle.consistency_holds(old, size, old_root, root, broken))
                    self.assertFalse(merkle.consistency_holds(old, size, old_root, root, path[:at]))

    def test_a_tree_of_no_entries_is_the_beginning_of_every_tree(self):
        root = building.tree_root(self.LEAVES)
        self.assertTrue(merkle.consistency_holds(0, 33, merkle.EMPTY_ROOT, root, []))
        self.assertFalse(merkle.consistency_holds(0, 33, root, root, []))
        self.assertFalse(merkle.consistency_holds(0, 33, merkle.EMPTY_ROOT, root, [root]))
        self.assertTrue(merkle.consistency_holds(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, []))
        self.assertFalse(merkle.consistency_holds(0, 0, merkle.EMPTY_ROOT, root, []))

    def test_trees_of_equal_size_need_equal_roots_and_no_hashes(self):
        root, other = building.tree_root(self.LEAVES), building.tree_root(self.LEAVES[:32])
        self.assertTrue(merkle.consistency_holds(33, 33, root, root, []))
        self.assertFalse(merkle.consistency_holds(33, 33, root, other, []))
        self.assertFalse(merkle.consistency_holds(33, 33, root, root, [root]))
