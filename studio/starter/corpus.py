"""The corpus: an endless, seeded stream of documents in which no document comes twice.

It knows the mixture of lessons, not how a lesson is written, tokenised or learned.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studio.starter.arithmetic import write_arithmetic
from studio.starter.documents import Document, Language
from studio.starter.lessons import write_each, write_lesson
from studio.starter.many import write_list, write_match
from studio.starter.questions import write_dialogue
from studio.starter.reading import write_copy, write_paraphrase, write_reading, write_teaching

_Write = Callable[[random.Random, Language], Document]


@dataclass(frozen=True)
class Mixture:
    """How often each kind of lesson and each language is drawn; weights, not shares."""

    talk: float = 4.8
    arithmetic: float = 0.8
    reviews: float = 4.4
    reading: float = 1.0
    teaching: float = 1.0
    paraphrase: float = 0.9
    copying: float = 1.2
    many_labels: float = 0.0
    many_questions: float = 0.0
    english: float = 0.32  # the share of English documents
    english_reviews: float = 0.22  # the share among lessons from reviews: a label needs less English than an answer


# What is read in the longest phase, and in the last.
MANY = Mixture(
    talk=12.0, reading=1.5, copying=2.0, many_labels=5.0, many_questions=3.8, english=0.38, english_reviews=0.2
)
TALK = Mixture(talk=30.0, copying=2.0, many_labels=1.5, many_questions=0.5, english=0.4, english_reviews=0.2)


def documents(seed: int, mixture: Mixture = Mixture()) -> Iterator[Document]:
    """Documents without end, the same for the same seed; now and then a short one comes again."""
    rng = random.Random(seed)
    writers: dict[_Write, float] = {
        write_dialogue: mixture.talk,
        write_arithmetic: mixture.arithmetic,
        write_lesson: mixture.reviews,
        write_reading: mixture.reading,
        write_teaching: mixture.teaching,
        write_paraphrase: mixture.paraphrase,
        write_copy: mixture.copying,
        write_each: mixture.many_labels,
        write_list: mixture.many_questions / 2,
        write_match: mixture.many_questions / 2,
    }
    kinds, weights = list(writers), list(writers.values())
    while True:
        write = rng.choices(kinds, weights)[0]
        english = mixture.english_reviews if write in (write_lesson, write_each) else mixture.english
        yield write(rng, "en" if rng.random() < english else "zh")


def stream(seed: int, mixture: Mixture = Mixture(), seen: set[bytes] | None = None) -> Iterator[Document]:
    """The same documents, each only once, and none whose key is in ``seen``, where the keys are gathered."""
    seen = set() if seen is None else seen
    for document in documents(seed, mixture):
        key = hashlib.blake2b(repr(document).encode(), digest_size=8).digest()
        if key not in seen:
            seen.add(key)
            yield document
