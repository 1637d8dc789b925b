"""Whether a fact is answered the same however it is asked for.

Knows no question that is learned, but for the one way in which each fact was taught.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby, islice

from studio.contract import Job
from studio.data.near import normalise
from studio.data.schema import Example
from studio.data.teaching import lesson, templates, wordings
from studio.data.thoughts import spoken
from studio.evaluation.facts import agrees
from studio.evaluation.metrics import shares
from studio.evaluation.sitting import Metrics, Sitting, Wish

WAYS = 5
MOST_FACTS = 64


def asks(job: Job, _: Wish) -> Sequence[Example]:
    """Each of at most MOST_FACTS facts in up to WAYS ways: as it was taught, as the exam asks, then as rules reword it,
    in none of which it was learned. All ways of a fact bear the number of its first row."""
    if job.splits.lesson != "facts":
        return ()
    learned = {normalise(row.text) for row in wordings.learned(job.splits, job.config.wordings)}
    exam: dict[int, list[Example]] = {}
    for example in (*job.splits.test, *job.splits.validation):
        exam.setdefault(example.number, []).append(example)
    facts = lesson.facts(sorted(job.splits.train, key=lambda row: row.number))
    drawn = random.Random(job.config.seed).sample(facts, min(MOST_FACTS, len(facts)))
    found = (list(islice(_ways(rows, exam, learned), WAYS)) for rows in drawn)
    return [replace(one, number=ways[0].number) for ways in found if len(ways) > 1 for one in ways]


def _ways(rows: Sequence[Example], exam: dict[int, list[Example]], learned: set[str]) -> Iterator[Example]:
    first, alone = rows[0], all(turn.role == "system" for turn in rows[0].context)
    # rows of a file, which are tested instead, have numbers of their own
    asked = [one for row in rows for one in exam.get(row.number, ()) if one.target == row.target]
    texts = templates.ways(first.text) if alone else ()
    made = (replace(first, text=text, origin="rule") for text in texts if normalise(text) not in learned)
    taken: set[str] = set()
    for one in chain([first], asked, made, rows[1:]):
        if (text := normalise(one.text)) not in taken:
            taken.add(text)
            yield one


def consistency(sitting: Sitting) -> Metrics | None:
    """Of how many facts all answers say the same (`correct`), and of how many they are all right, too (`right`).

    `fewer` facts were asked in less than `ways` ways. `rows` has one way of each of the others.
    """
    if (asked := sitting.asked.get("consistency")) is None:
        return None
    pairs = [(one, said.answer) for one, said in zip(asked.questions, asked.tuned, strict=True)]
    facts = [list(ways) for _, ways in groupby(pairs, lambda pair: pair[0].number)]
    differing = [[pair for pair in ways[1:] if not agrees(pair[1], ways[0][1])] for ways in facts]
    right = [all(agrees(said, spoken(one.target)) for one, said in ways) for ways in facts]
    same = [not found for found in differing]
    return {
        **shares(sum(same), len(facts)),
        "ways": WAYS,
        "right": sum(alike and known for alike, known in zip(same, right, strict=True)),
        "fewer": sum(len(ways) < WAYS for ways in facts),
        "rows": [
            {"number": found[0][0].number, "text": found[0][0].text, "target": ways[0][1], "tuned": found[0][1]}
            for ways, found in zip(facts, differing, strict=True)
            if found
        ],
    }
