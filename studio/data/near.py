"""Which texts are the same but for a few characters, found among 100,000 of them in seconds.

Knows no row, no label and no database: texts in, group numbers out.

Two texts are alike when they are equal once case, width, spaces and punctuation are taken away, or when both are then
at least LEAST Chinese or LEAST_LETTERS other characters long and at most one character in ten differs. Shorter texts
must be equal: 好喝 and 不好喝, or 珍珠煮多久 and 珍珠要煮多久, differ by one character and are two things to learn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

LEAST, LEAST_LETTERS = 16, 40  # characters; below, one more or less often turns the meaning round
ALIKE = 0.9  # 1 - edits / length of the longer one
READ = 400  # characters that candidates are found by; they are compared whole
# MinHash: texts at ALIKE share two thirds of their pairs of characters, and hence one band of these but once in 10,000
BANDS, WIDTH = 28, 3
HOPEFUL = 0.4  # share of equal minima below which two texts are not worth a comparison
NEIGHBOURS = 2  # compared with each text of a band: linear even where everything looks like everything
CHUNK = 1_000_000  # pairs of characters hashed at once, which bounds the memory
_NOISE = re.compile(r"(?:[^\w.]|_|(?<!\d)\.|\.(?!\d))+")  # a point between digits counts: 1.5 is not 15
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
MIX = np.uint64(0x9E3779B97F4A7C15)
Hashes = NDArray[np.uint64]
Minima = NDArray[np.uint32]
Places = NDArray[np.int64]


def normalise(text: str) -> str:
    """What two texts share that a person calls the same: case, width, spaces and punctuation do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", plain) or "".join(plain.split())


def near_groups(texts: Sequence[str]) -> list[int]:
    """For each text the number of its group; texts that are alike, directly or by way of others, share one."""
    place: dict[str, int] = {}
    unique = [place.setdefault(normalise(text), len(place)) for text in texts]
    long = [text for text in place if _says_much(text)]
    where = np.array([place[text] for text in long], dtype=np.int64)
    groups = np.arange(len(place))
    groups[where] = where[_first_of_group(long)] if long else where
    return [int(groups[number]) for number in unique]


def _says_much(text: str) -> bool:
    """A Chinese character says as much as two letters and a half."""
    return len(text) + (LEAST_LETTERS / LEAST - 1) * len(_WIDE.findall(text)) >= LEAST_LETTERS


def _first_of_group(texts: Sequence[str]) -> Places:
    """For each text the place of the first one that it is alike with, directly or by way of others."""
    signatures = _signatures(texts)
    lengths = np.array([len(text) for text in texts])
    groups = np.arange(len(texts))
    for band in range(BANDS):
        pairs = _neighbours(signatures, band)
        sides = np.sort(lengths[pairs], axis=1)
        pairs = pairs[(groups[pairs[:, 0]] != groups[pairs[:, 1]]) & (sides[:, 0] >= ALIKE * sides[:, 1])]
        pairs = pairs[(signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1) >= HOPEFUL]
        left, right = ([texts[place] for place in side] for side in pairs.T)
        alike = cpdist(left, right, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE) >= ALIKE
        groups = _joined(groups, pairs[alike])
    return groups


def _neighbours(signatures: Minima, band: int) -> Places:
    """Pairs that agree in a band; in a crowded one each text is paired with those that agree most in the next band."""
    keys, ties = (_key(signatures, (band + step) % BANDS) for step in (0, 1))
    order = np.lexsort((ties, keys))
    sorted_keys = keys[order]
    found = []
    for step in range(1, NEIGHBOURS + 1):
        same = sorted_keys[:-step] == sorted_keys[step:]
        found.append(np.stack([order[:-step][same], order[step:][same]], axis=1))
    return np.concatenate(found)


def _key(signatures: Minima, band: int) -> Hashes:
    """One number for the minima of a band."""
    key = np.zeros(len(signatures), dtype=np.uint64)
    for column in signatures[:, band * WIDTH : (band + 1) * WIDTH].T:
        key = key * MIX ^ column
    return key


def _joined(groups: Places, pairs: Places) -> Places:
    """The groups after those of each pair became one, each named after its first member."""
    from scipy.sparse import coo_array  # here: the terminal imports this file before every command
    from scipy.sparse.csgraph import connected_components

    count = len(groups)
    links = coo_array((np.ones(len(pairs), dtype=bool), tuple(groups[pairs].T)), shape=(count, count))
    _, names = connected_components(links, directed=False)
    _, firsts = np.unique(names, return_index=True)
    return firsts[names[groups]]


def _signatures(texts: Sequence[str]) -> Minima:
    """MinHash of the pairs of neighbouring characters in each text."""
    draw = np.random.default_rng(0)
    factors = draw.integers(1, 2**63, BANDS * WIDTH, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    rows, batch, size = [], [], 0
    for text in texts:
        batch.append(text[:READ])
        size += len(batch[-1])
        if size >= CHUNK:
            rows.append(_minima(batch, factors))
            batch, size = [], 0
    return np.concatenate([*rows, *([_minima(batch, factors)] if batch else [])])


def _minima(texts: Sequence[str], factors: Hashes) -> Minima:
    characters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    ends = np.cumsum([len(text) for text in texts])
    inside = np.ones(len(characters) - 1, dtype=bool)
    inside[ends[:-1] - 1] = False  # a pair belongs to one text
    shingles = (characters[:-1] << np.uint64(21) | characters[1:])[inside]
    shingles = (shingles ^ shingles >> np.uint64(17)) * MIX
    shingles ^= shingles >> np.uint64(29)
    starts = np.concatenate([[0], ends[:-1] - np.arange(1, len(texts))])
    hashed = ((shingles * factor >> np.uint64(32)).astype(np.uint32) for factor in factors)
    return np.stack([np.minimum.reduceat(one, starts) for one in hashed], axis=1)
