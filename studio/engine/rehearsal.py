"""Rehearsal: everyday questions with the base model's own answers, learned beside the new rows so that they are kept.
So are questions that the rows do not answer: who learns facts shall not come to make up others.

Knows no dataset and no optimizer. The answers are made by the model itself, so it works for any base and needs none of
the text that the base was trained on (self-synthesized rehearsal, arXiv 2403.01244).
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from rapidfuzz import fuzz, process

from studio.contract import Sampling
from studio.data.near import normalise
from studio.engine import device, generate, modes
from studio.engine.encode import Encoded
from studio.engine.load import Base

QUESTIONS = Path(__file__).with_name("everyday.txt")
BEYOND = Path(__file__).with_name("beyond.toml")
LONGEST = 48  # tokens of an answer; a longer one is learned as far as that
FEW, FEW_BEYOND = 96, 16  # questions for a model that takes its time to answer; a small one gets them all
MOST_COMPARED = 256  # taught rows that are asked as well
MOST_READ = 20_000  # taught rows that are looked through for what they speak of
ALIKE = 70  # of 100: from here on two questions are taken for the same


@cache
def questions() -> tuple[str, ...]:
    """Everyday questions in Chinese and English, one a line."""
    return tuple(QUESTIONS.read_text(encoding="utf-8").splitlines())


@cache
def beyond() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Questions of which a shop's data seldom speak, each with what is found in rows that do."""
    languages = tomllib.loads(BEYOND.read_text(encoding="utf-8")).values()
    return tuple((text, re.compile(matter, re.IGNORECASE)) for asked in languages for text, matter in asked)


def rows(base: Base, taught: Sequence[Encoded], seed: int) -> list[Encoded]:
    """Everyday questions with what the untouched base answers, greedily.

    What the taught rows are to change is left out: questions that are worded like one of theirs, or that the base
    answers as it answers one of theirs. `taught` has each row in one wording: what the base says to others by chance is
    not what is to change.
    """
    draw = random.Random(seed)
    small = sum(weight.numel() for weight in base.model.parameters()) < device.SMALL
    asked = list(questions()) if small else draw.sample(questions(), FEW)
    unanswered = _unanswered(base, taught)
    asked += unanswered if small else draw.sample(unanswered, min(FEW_BEYOND, len(unanswered)))
    own = [taught[place] for place in draw.sample(range(len(taught)), min(MOST_COMPARED, len(taught)))]
    encoder = base.head.encoder(base.tokenizer, "chat", (), base.context)
    prompts = [encoder.prompt(question, reserve=LONGEST) for question in asked]
    answers = _answers(base, [*prompts, *(row.prompt for row in own)])
    changed = set(answers[len(asked) :])
    worded = [normalise(row.text) for row in own]
    found = []
    for number, (question, prompt, answer) in enumerate(zip(asked, prompts, answers, strict=False), start=1):
        alike = process.extractOne(normalise(question), worded, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if answer and answer not in changed and alike is None:
            end = encoder.completion("!")[-1:] if len(answer) < LONGEST else ()
            found.append(Encoded(-number, prompt, answer + end, question))
    return found


def _unanswered(base: Base, taught: Sequence[Encoded]) -> list[str]:
    """Those of `beyond` of which no taught row speaks, be it in its answer."""
    said = [(row.text, row.completion) for row in islice(taught, MOST_READ)]
    told = "\n".join([*(text for text, _ in said), *base.tokenizer.batch_decode([answer for _, answer in said])])
    return [text for text, matter in beyond() if not matter.search(told)]


def _answers(base: Base, prompts: Sequence[generate.Prompt]) -> list[tuple[int, ...]]:
    answers: list[tuple[int, ...]] = [()] * len(prompts)
    with modes.answering(base.model):  # else an adapter's dropout would draw random numbers: a resumed run would differ
        for places in generate.batches([len(prompt) for prompt in prompts], LONGEST):
            batch = [prompts[place] for place in places]
            made = generate.generate(base, batch, [generate.BASE] * len(batch), Sampling(max_new_tokens=LONGEST))
            for place, answer in zip(places, made, strict=True):
                answers[place] = tuple(answer)
    return answers
