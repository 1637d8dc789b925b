"""Scores a starter as it is, on questions whose phrasings it never saw.

It knows nothing of fine-tuning: what the starter can be taught is measured in `taught`.
"""

import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BatchEncoding, GenerationConfig

from studio.starter.arithmetic import write_sum
from studio.starter.documents import Language
from studio.starter.grammar import fill, held_out, lexicon
from studio.starter.lines import Line, share
from studio.starter.questions import held_out_questions
from studio.starter.reading import write_fact
from studio.starter.reviews import Sentiment, write_review

_SEED = 2_026
_LONGEST = 48  # an answer of this many tokens did not end by itself
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Speaker:
    """A starter that answers single questions, greedily."""

    def __init__(self, folder: Path) -> None:
        from transformers import Qwen3ForCausalLM  # noqa: F401  (its import is not the starter's time)

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
        generate: Any = self.model.generate  # releases of transformers disagree about its types
        made: torch.Tensor = generate(**batch, generation_config=config)
        return made[:, batch["input_ids"].shape[1] :]


def score(folder: Path, every: int = 1) -> Iterator[Line]:
    """What the starter can do untaught, line by line; only every so many of the questions are asked."""
    speaker = Speaker(folder)
    yield Line("parameters", f"{sum(weight.numel() for weight in speaker.model.parameters()):,}")
    yield Line("loads in, once transformers is imported", f"{speaker.load_seconds:.2f} s", "≤ 1 s")
    yield Line("speaks", f"{speaker.tokens_per_second():.0f} tokens/s", "≥ 40")
    for part in (_talks, _sums, _reads, _shop, _judges):
        yield from part(speaker, every)


def _talks(speaker: Speaker, every: int) -> Iterator[Line]:
    """Small talk, common knowledge and shop talk in held-out phrasings, in both languages."""
    right: list[bool] = []
    ended: list[bool] = []
    language_kept: list[bool] = []
    counts: dict[Language, tuple[int, int]] = {"zh": (500, 200), "en": (200, 100)}
    for language, (general, shop) in counts.items():
        questions = [
            *held_out_questions(language, "general", general),
            *held_out_questions(language, "shop", shop),
        ][::every]
        answers = speaker.answer([question.ask for question in questions])
        good = [one.is_answered(said) for one, (said, _) in zip(questions, answers, strict=True)]
        yield share(f"held-out questions right, {language}", good, "≥ 95 %")
        right += good
        ended += [by_itself for _, by_itself in answers]
        language_kept += [bool(_CHINESE.search(said)) == (language == "zh") or "Chinese" in said for said, _ in answers]
    yield share("held-out questions right, all", right, "≥ 95 %")
    yield share("answers end by themselves", ended, "100 %")
    yield share("answers in the question's language", language_kept, "100 %")


def _sums(speaker: Speaker, every: int) -> Iterator[Line]:
    """Sums that training kept out."""
    rng = random.Random(_SEED)
    found: dict[str, str] = {}
    while len(found) < 60:
        ask, say, key = write_sum(rng, "zh")
        if held_out(say + ask[:4], 12):
            found[ask] = key
    asked = dict(list(found.items())[::every])
    answers = speaker.answer(list(asked))
    yield share("held-out sums right", [key in said for key, (said, _) in zip(asked.values(), answers, strict=True)])


def _reads(speaker: Speaker, every: int) -> Iterator[Line]:
    """Invented facts in the system turn, then a question about one."""
    rng = random.Random(_SEED)
    texts = [[write_fact(rng, "zh") for _ in range(3)] for _ in range(50)][::every]
    systems = ["资料：" + "。".join(told for told, _, _ in facts) + "。" for facts in texts]
    answers = speaker.answer([rng.choice(facts[0][1]) for facts in texts], systems)
    yield share(
        "answers found in a given text", [said == facts[0][2] for facts, (said, _) in zip(texts, answers, strict=True)]
    )


def _shop(speaker: Speaker, every: int) -> Iterator[Line]:
    """No figure in an answer about a shop: the starter must not pretend to know one."""
    questions = held_out_questions("zh", "shop", 60)[::every]
    answers = speaker.answer([question.ask for question in questions])
    yield share("shop questions answered without a made-up figure", [not re.search(r"\d", said) for said, _ in answers])


def _judges(speaker: Speaker, every: int) -> Iterator[Line]:
    """Reviews of the generator, never seen, by the studio's own question."""
    rng = random.Random(_SEED)
    label: dict[Sentiment, str] = {"good": "好评", "bad": "差评"}
    reviews = [write_review(rng, "zh", rng.choice(list(label))) for _ in range(100)][::every]
    ask = lexicon("zh_lessons")["studio"]
    answers = speaker.answer([fill(ask, {"labels": "好评、差评", "text": review.text}) for review in reviews])
    right = [said == label[one.sentiment] for one, (said, _) in zip(reviews, answers, strict=True)]
    yield share("generated reviews judged right, untuned", right)
