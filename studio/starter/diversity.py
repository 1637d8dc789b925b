"""How varied the corpus is: distinct n-grams, compression, repeated documents.

It knows nothing of tokens; characters are counted.
"""

import hashlib
import zlib
from collections.abc import Iterator
from itertools import islice

from studio.starter.corpus import documents
from studio.starter.lines import Line

SAMPLE = 20_000  # documents


def diversity(seed: int, sample: int = SAMPLE) -> Iterator[Line]:
    """Measured on the first documents of the stream, before repeats are left out."""
    texts = ["\n".join(turn.content for turn in document) for document in islice(documents(seed), sample)]
    whole = "\n".join(texts)
    different = len({hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts})
    yield Line("documents, characters", f"{len(texts):,}, {len(whole):,}")
    yield Line("documents that come once", f"{100 * different / len(texts):.2f} %")
    for length in (1, 2, 4, 8):
        grams = {whole[at : at + length] for at in range(len(whole) - length)}
        yield Line(f"distinct runs of {length} characters", f"{len(grams):,} ({100 * len(grams) / len(whole):.1f} %)")
    packed = len(zlib.compress(whole.encode(), 9)) / len(whole.encode())
    yield Line("compressed to", f"{100 * packed:.1f} % of its bytes")
