"""Lines that were read before, for a batch: packages judged one after the other may have nearly all lines in common.

Where a line is equal byte for byte, so is what reading it gives. What is checked against other lines, hashes and signatures
is worked out for every package anew. A single package is read without any of this.
"""

import functools

_LINES_MAX = 2048
# Longer lines are rare, and would fill the memory.
_BYTES_MAX = 65_536
_batch = False  # pylint: disable=invalid-name


def begin_batch():
    """From now on equal lines are read once."""
    global _batch  # pylint: disable=global-statement
    _batch = True


def read_once(read):
    """Decorates a reader of one line (bytes) which looks at nothing else. What it returns must not be changed."""
    reading = functools.lru_cache(maxsize=_LINES_MAX)(read)

    @functools.wraps(read)
    def reader(line):
        return reading(line) if _batch and len(line) <= _BYTES_MAX else read(line)

    return reader
