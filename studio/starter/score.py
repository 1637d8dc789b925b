"""Scores a starter on questions whose phrasings it never saw, and prints one table.

It knows nothing of fine-tuning: how well the starter can be taught is measured by the studio itself.
"""

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BatchEncoding, GenerationConfig

from studio.starter.arithmetic import write_sum
from studio.starter.documents import Language
from studio.starter.grammar import fill, held_out, lexicon
from studio.starter.questions import Question, write_question
from studio.starter.reading import write_fact
from studio.starter.reviews import Sentiment, write_review

_SEED = 2_026
_LONGEST = 48  # an answer of this many tokens did not end by itself
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    value: str
    wanted: str = ""


class Speaker:
    """A starter that answers single questions, greedily."""

    def __init__(self, folder: Path) -> None:
        began = time.perf_counter()
        self.tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        self.model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, trust_remote_code=False)
        self.load_seconds = time.perf_counter() - began
        self.ends = {self.tokenizer.eos_token_id, self.tokenizer.pad_token_id}

    def answer(self, questions: Sequence[str], systems: Sequence[str] = ()) -> list[tuple[str, bool]]:
        """Each answer, and whether it ended by itself. ``systems``, if any, has one system turn per question."""
        talks = [[{"role": "user", "content": question}] for question in questions]
        for talk, system in zip(talks, systems, strict=False):
            talk.insert(0, {"role": "system", "content": system})
        prompts = [self.tokenizer.apply_chat_template(one, add_generation_prompt=True, tokenize=False) for one in talks]
        out: list[tuple[str, bool]] = []
        for start in range(0, len(prompts), 50):
            batch = self.tokenizer(prompts[start : start + 50], return_tensors="pt", padding=True, padding_side="left")
            for row in self._generate(batch, _LONGEST).tolist():
                text = str(self.tokenizer.decode(row, skip_special_tokens=True)).strip()
                out.append((text, any(token in self.ends for token in row)))
        return out

    def tokens_per_second(self) -> float:
        """Of one answer of a hundred tokens."""
        batch = self.tokenizer("<|im_start|>user\n你好", return_tensors="pt")
        began = time.perf_counter()
        self._generate(batch, 100, shortest=100)
        return 100 / (time.perf_counter() - began)

    def _generate(self, batch: BatchEncoding, longest: int, shortest: int = 0) -> torch.Tensor:
        """The new tokens only, (rows, tokens)."""
        config = GenerationConfig(
            max_new_tokens=longest,
            min_new_tokens=shortest,
            do_sample=False,
            eos_token_id=sorted(self.ends),
            pad_token_id=self.tokenizer.pad_token_id,
        )
        made = self.model.generate(**batch, generation_config=config)  # type: ignore[misc]
        return made[:, batch["input_ids"].shape[1] :]


def held_out_questions(language: Language, topic: str, count: int) -> list[Question]:
    """Different questions in phrasings that training never saw, as many intents as possible."""
    rng = random.Random(_SEED)
    found: dict[str, Question] = {}
    while len(found) < count:
        question = write_question(rng, language, topic)
        if question.is_held_out:
            found[question.ask] = question
    return list(found.values())


def score(folder: Path) -> list[Line]:
    """The whole table."""
    speaker = Speaker(folder)
    lines = [
        Line("parameters", f"{sum(weight.numel() for weight in speaker.model.parameters()):,}"),
        Line("loads in", f"{speaker.load_seconds:.2f} s", "≤ 1 s"),
        Line("speaks", f"{speaker.tokens_per_second():.0f} tokens/s", "≥ 40"),
    ]
    for part in (_talks, _sums, _reads, _shop, _judges):
        lines += part(speaker)
    return lines


def _share(what: str, right: Sequence[bool], wanted: str = "") -> Line:
    return Line(what, f"{100 * sum(right) / len(right):.1f} % of {len(right)}", wanted)


def _talks(speaker: Speaker) -> Iterator[Line]:
    """General questions in held-out phrasings, in both languages."""
    right: list[bool] = []
    ended: list[bool] = []
    language_kept: list[bool] = []
    languages: tuple[Language, Language] = ("zh", "en")
    for language, counts in zip(languages, ((100, 40), (45, 15)), strict=True):
        questions = [
            one
            for topic, count in zip(("general", "shop"), counts, strict=True)
            for one in held_out_questions(language, topic, count)
        ]
        answers = speaker.answer([question.ask for question in questions])
        good = [any(piece in said for piece in one.accept) for one, (said, _) in zip(questions, answers, strict=True)]
        yield _share(f"held-out questions right, {language}", good, "≥ 95 %")
        right += good
        ended += [by_itself for _, by_itself in answers]
        language_kept += [bool(_CHINESE.search(said)) == (language == "zh") or "Chinese" in said for said, _ in answers]
    yield _share("held-out questions right, all", right, "≥ 95 %")
    yield _share("answers end by themselves", ended, "100 %")
    yield _share("answers in the question's language", language_kept, "100 %")


def _sums(speaker: Speaker) -> Iterator[Line]:
    """Sums that training kept out."""
    rng = random.Random(_SEED)
    found: dict[str, str] = {}
    while len(found) < 60:
        ask, say, key = write_sum(rng, "zh")
        if held_out(say + ask[:4], 12):
            found[ask] = key
    answers = speaker.answer(list(found))
    yield _share("held-out sums right", [key in said for key, (said, _) in zip(found.values(), answers, strict=True)])


def _reads(speaker: Speaker) -> Iterator[Line]:
    """Invented facts in the system turn, then a question about one."""
    rng = random.Random(_SEED)
    texts = [[write_fact(rng, "zh") for _ in range(3)] for _ in range(50)]
    systems = ["资料：" + "。".join(told for told, _, _ in facts) + "。" for facts in texts]
    answers = speaker.answer([rng.choice(facts[0][1]) for facts in texts], systems)
    yield _share(
        "answers found in a given text", [said == facts[0][2] for facts, (said, _) in zip(texts, answers, strict=True)]
    )


def _shop(speaker: Speaker) -> Iterator[Line]:
    """No figure in an answer about a shop: the starter must not pretend to know one."""
    questions = held_out_questions("zh", "shop", 60)
    answers = speaker.answer([question.ask for question in questions])
    yield _share(
        "shop questions answered without a made-up figure", [not re.search(r"\d", said) for said, _ in answers]
    )


def _judges(speaker: Speaker) -> Iterator[Line]:
    """Reviews of the generator, never seen, by the studio's own question."""
    rng = random.Random(_SEED)
    label: dict[Sentiment, str] = {"good": "好评", "bad": "差评"}
    reviews = [write_review(rng, "zh", rng.choice(list(label))) for _ in range(100)]
    ask = lexicon("zh_lessons")["studio"]
    answers = speaker.answer([fill(ask, {"labels": "好评、差评", "text": review.text}) for review in reviews])
    right = [said == label[one.sentiment] for one, (said, _) in zip(reviews, answers, strict=True)]
    yield _share("generated reviews judged right, untuned", right)


def print_table(lines: Sequence[Line]) -> None:
    """The table, on stdout."""
    width = max(len(line.what) for line in lines)
    for line in lines:
        print(f"{line.what.ljust(width)}  {line.value:>18}  {line.wanted}".rstrip())
