"""Answers: in batches, or streamed from base and tuned model in one batch; one copy of the weights serves both.

Knows no run directory and no score. Every function leaves the model as it found it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import torch

from studio.contract import Progress, Sampling, Stop, no_progress
from studio.data.thoughts import spoken
from studio.engine import methods, whole
from studio.engine.load import Base

Prompt = tuple[int, ...]
BASE, TUNED = "base", "tuned"
GAP = re.compile(r" (?=[⺀-鿿豈-﫿＀-￯])|(?<=[⺀-鿿豈-﫿＀-￯]) ")  # beside a Chinese character
BUDGET = 8192  # tokens, prompts and answers together, that one batch may hold
ROUNDS, TIMES = 96, 4  # tokens at the end of an answer that are nothing but rounds, and how often the longest comes
LOOKED_EVERY = 8  # tokens


@contextmanager
def lanes(base: Base, names: Sequence[str]) -> Iterator[None]:
    """While it lasts, row i of every batch is answered with the adapter, or without it where names[i] is BASE.

    What the adapter adds is switched row by row, in hooks that are gone afterwards whatever happens.
    """
    on = torch.tensor([name == TUNED for name in names], device=base.device)[:, None, None]
    mixed = BASE in names and base.method
    hooks = [*methods.room(base.method).gated(base, on), *whole.gated(base, on)] if mixed else []
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def replies(
    base: Base, prompts: Sequence[Prompt], name: str, sampling: Sampling, progress: Progress = no_progress
) -> list[str]:
    """One answer for each prompt, in their order, from the base or the tuned model."""
    answers = [""] * len(prompts)
    done = 0
    for places in batches([len(prompt) for prompt in prompts], sampling.max_new_tokens):
        ids = generate(base, [prompts[place] for place in places], [name] * len(places), sampling)
        for place, answer in zip(places, ids, strict=True):
            answers[place] = text(base, answer)
        done += len(places)
        progress(done / len(prompts))
    return answers


def batches(lengths: Sequence[int], new_tokens: int) -> list[list[int]]:
    """Places of prompts of like length together, each batch within BUDGET."""
    found: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda at: lengths[at], reverse=True):
        width = lengths[found[-1][0]] + new_tokens if found else 0
        if found and width * (len(found[-1]) + 1) <= BUDGET:
            found[-1].append(place)
        else:
            found.append([place])
    return found


def text(base: Base, ids: Sequence[int]) -> str:
    """An answer as people read it: without control tokens, without the thoughts that some models write first, and
    without the spaces that some tokenizers put around every Chinese character."""
    said = spoken(base.tokenizer.decode(list(ids), skip_special_tokens=True)).strip()
    return GAP.sub("", said) if base.spaces_apart else said


def complete(answer: str) -> str:
    """An answer on its way without the character at its end of which only some bytes have arrived."""
    return answer.rstrip("\ufffd")


def generate(
    base: Base,
    prompts: Sequence[Prompt],
    names: Sequence[str],
    sampling: Sampling,
    watch: Callable[[torch.Tensor], bool] | None = None,
) -> list[list[int]]:
    """New token ids for each prompt, without the end token. `watch` sees each step's ids and may end it with True."""
    asked = base.head.ask(base, prompts)
    sampling = replace(sampling, max_new_tokens=min(sampling.max_new_tokens, base.context - asked.before))
    with torch.inference_mode(), lanes(base, names):
        output = base.model.generate(
            **{name: value.to(base.device) for name, value in asked.inputs.items()},
            generation_config=_settings(base, sampling.max_new_tokens, asked.start),
            logits_processor=[_Drawn(sampling, base.device)] if sampling.temperature > 0 else None,
            stopping_criteria=[
                *([_Watch(watch, asked.before)] if watch else []),
                *([] if sampling.temperature > 0 else [_Rounds(asked.before)]),
            ],
        )
    return [_until(row, set(base.end_ids)) for row in output[:, asked.before :].tolist()]


def _until(ids: list[int], ends: set[int]) -> list[int]:
    return next((ids[:place] for place, number in enumerate(ids) if number in ends), ids)


def _settings(base: Base, max_new_tokens: int, start: int | None) -> Any:
    """The likeliest token, until an end: whatever a model's makers set besides is cleared."""
    from transformers import GenerationConfig

    ends = {"eos_token_id": base.end_ids, "pad_token_id": base.end_ids[0], "decoder_start_token_id": start}
    base.model.generation_config = GenerationConfig(**ends)
    return GenerationConfig(max_new_tokens=max_new_tokens, do_sample=False, **ends)


class _Drawn:
    """Leaves the likeliest token of each row to be one that was drawn, by `sampling` and its own seed.

    The p that is largest when divided by a draw of Exp(1) is drawn with probability p: how `torch.multinomial` does it,
    but from random numbers of its own, for the process's belong to whatever trains beside.
    """

    def __init__(self, sampling: Sampling, device: torch.device) -> None:
        from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopPLogitsWarper

        self._bent = LogitsProcessorList([TemperatureLogitsWarper(sampling.temperature)])
        if sampling.top_p < 1.0:
            self._bent.append(TopPLogitsWarper(sampling.top_p))
        self._random = torch.Generator(device).manual_seed(sampling.seed)

    def __call__(self, ids: Any, scores: Any) -> torch.Tensor:
        shares = self._bent(ids, scores).softmax(-1)
        return shares / torch.empty_like(shares).exponential_(generator=self._random)


class _Watch:
    """Calls `watch` with the new ids (rows, steps) after every step; generation ends when it returns True."""

    def __init__(self, watch: Callable[[torch.Tensor], bool], width: int) -> None:
        self.watch, self.width = watch, width

    def __call__(self, ids: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        return torch.full((len(ids),), self.watch(ids[:, self.width :]), dtype=torch.bool, device=ids.device)


class _Rounds:
    """Ends a row that says the same again and again: taken as the likeliest, token by token, it would do so for ever.

    A round is what comes `TIMES` times at least in the last `ROUNDS` tokens, with nothing else in them.
    """

    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, ids: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        made = ids.shape[1] - self.width
        done = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
        if made < ROUNDS or made % LOOKED_EVERY:
            return done
        last = ids[:, -ROUNDS:]
        for length in range(1, ROUNDS // TIMES + 1):
            done |= (last[:, length:] == last[:, :-length]).all(dim=1)
        return done


def stream(
    base: Base, prompts: Sequence[Prompt], names: Sequence[str], sampling: Sampling, stop: Stop
) -> Generator[tuple[str, ...], None, None]:
    """The answers so far, one for each prompt, after every token, from one batched generation.

    Answers are decoded whole each time, so that no Chinese character is ever cut. Closing the iterator, or
    `stop`, ends the generation at the next token.
    """
    arrived: SimpleQueue[tuple[str, ...] | BaseException | None] = SimpleQueue()
    closed = Event()
    shown = [""] * len(prompts)

    def watch(ids: torch.Tensor) -> bool:
        for lane, row in enumerate(ids.tolist()):
            shown[lane] = complete(text(base, _until(row, set(base.end_ids))))
        arrived.put(tuple(shown))
        return stop() or closed.is_set()

    def work() -> None:
        try:
            generate(base, prompts, names, sampling, watch)
            arrived.put(None)
        except BaseException as error:  # noqa: BLE001  (handed over: raised again in the thread that reads)
            arrived.put(error)

    thread = Thread(target=work, name="stream", daemon=True)
    thread.start()
    try:
        while (item := arrived.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        closed.set()
        thread.join()
