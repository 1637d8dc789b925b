"""A model that puts a text into a class: one score a class for the whole text, from a head of its own (BERT and kin).

Knows no other head, and says nothing in words. What is new in the head learns in full beside what a method teaches.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from studio.contract import Prediction, Progress, Shade
from studio.data.asking import Conversation
from studio.data.schema import Example, Message
from studio.engine import catalog
from studio.engine.batches import Batch
from studio.engine.encode import Encoded, RowEncoder
from studio.engine.heads import Asked, Gathered, Opened, first, stack

if TYPE_CHECKING:
    from studio.engine.load import Base

task_type = "SEQ_CLS"
continues = False
SEED = 0  # of a head's first numbers: whoever opens the model again, or elsewhere, finds the same


class Texts(RowEncoder):
    """The text alone is read, between the tokenizer's own marks; what is learned is the number of its class.

    `max_length` counts the text with its marks. Of a longer one the first tokens are kept, as transformers does.
    """

    def asked(self, text: str, context: Iterable[Message] = ()) -> list[dict[str, str]]:
        return [*({"role": one.role, "content": one.content} for one in context), {"role": "user", "content": text}]

    def completion(self, target: str) -> tuple[int, ...]:
        return (self.labels.index(target),)

    def room(self, completion: Sequence[int]) -> int:
        return self.max_length

    def encode(self, example: Example) -> Encoded | None:
        row = super().encode(example)
        text = _joined(self.asked(example.text, example.context))
        ids = self._own(text)
        if row is None or len(ids) <= self._most:
            return row
        read = ids[: self._most]
        fewest = bisect_left(range(len(text)), True, key=lambda at: self._own(text[:at])[: self._most] == read)
        return replace(row, text=text[:fewest], cut=text[fewest:])

    def as_code(self, example: Example) -> str:
        return json.dumps(_joined(self.asked(example.text, example.context)), ensure_ascii=False)

    def _split(self, asked: list[dict[str, str]], target: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self._prompt(asked), self.completion(target)

    def _prompt(self, messages: list[dict[str, str]]) -> tuple[int, ...]:
        before, after = self.marks
        return (*before, *self._own(_joined(messages))[: self._most], *after)

    def _own(self, text: str) -> list[int]:
        return self._ids(self._defuse(text))

    @property
    def _most(self) -> int:
        """Tokens of the text itself."""
        return self.max_length - sum(map(len, self.marks))

    def _pieces(self, row: Encoded) -> list[tuple[str, Shade]]:
        """The text, what of it was cut, and its class."""
        shown = self.tokenizer.decode(list(row.prompt))
        return [(shown, "ignored"), (row.cut, "cut"), (self.labels[row.completion[0]], "learned")]


def _joined(messages: Iterable[dict[str, str]]) -> str:
    return "\n".join(message["content"] for message in messages)


encoder = Texts


def open(folder: Path, labels: Sequence[str], **options: Any) -> Opened:
    """With a head for `labels`: the one that it was saved with where that has these, else one that is new.

    Its numbers are drawn by a seed of their own, so that they are the same whenever the model is opened.
    """
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    named = [config.id2label[place] for place in sorted(config.id2label)]
    wanted = list(labels) or named
    config.id2label = dict(enumerate(wanted))
    config.label2id = {label: place for place, label in enumerate(wanted)}
    config.problem_type = "single_label_classification"
    with torch.device("meta"):
        outside = [name for name, _ in _outside(AutoModelForSequenceClassification.from_config(config))]
    if stored := options["quantization_config"]:
        stored.llm_int8_skip_modules = [*outside, ".*pooler"]
    torch.manual_seed(SEED)
    model, told = AutoModelForSequenceClassification.from_pretrained(
        folder, config=config, ignore_mismatched_sizes=True, output_loading_info=True, **options
    )
    new = [*told["missing_keys"], *(key for key, *_ in told["mismatched_keys"])]
    inside = sorted({key.rpartition(".")[0] for key in new if key.partition(".")[0] not in outside})
    taught = sorted(named) == sorted(wanted) and len(inside) == len({key.rpartition(".")[0] for key in new})
    _set_classes(model, [named.index(label) for label in wanted] if taught else None)
    whole = (*outside, *inside)
    for name in whole:
        model.get_submodule(name).float().register_forward_pre_hook(_exact)
    first.prepare(model)
    return Opened(model, whole, taught)


def _outside(model: Any) -> Iterator[tuple[str, torch.nn.Module]]:
    """What stands between a model's states and its scores."""
    for name, module in model.named_children():
        if module is not model.base_model and any(True for _ in module.parameters()):
            yield name, module


def _set_classes(model: Any, order: Sequence[int] | None) -> None:
    """Puts the classes of the last layer into that order, or forgets them where there is none: they were others."""
    *_, last = (part for _, module in _outside(model) for part in module.modules() if isinstance(part, torch.nn.Linear))
    with torch.no_grad():
        if order is not None:
            last.weight.copy_(last.weight[list(order)])
            last.bias.copy_(last.bias[list(order)])
        else:
            last.weight.normal_(std=model.config.initializer_range)
            last.bias.zero_()


def _exact(module: torch.nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
    """A head reads, and learns, in its own fp32 whatever the format of the rest: small steps would be lost in bf16."""
    dtype = next(module.parameters()).dtype
    return tuple(one.to(dtype) if torch.is_tensor(one) and one.is_floating_point() else one for one in given)


def prepare(tokenizer: Any, folder: Path, config: Mapping[str, Any]) -> None:
    """With the most tokens that the model reads, at which whoever takes it home can have it cut."""
    tokenizer.model_max_length = min(tokenizer.model_max_length, catalog.Shape.of(config).context)


def end_ids(base: Base) -> set[Any]:
    return set()


def collate(base: Base, rows: Sequence[Encoded]) -> Batch:
    """Padded at the right, with the mask that keeps padding from being read."""
    width = max(len(row.prompt) for row in rows)
    pad = base.tokenizer.pad_token_id or 0
    ids = torch.tensor([[*row.prompt, *[pad] * (width - len(row.prompt))] for row in rows])
    mask = torch.tensor([[1] * len(row.prompt) + [0] * (width - len(row.prompt)) for row in rows])
    targets = torch.tensor([row.completion[0] for row in rows])
    return Batch(ids, torch.arange(len(rows)), targets, int(mask.sum()), {"attention_mask": mask})


def scores(base: Base, batch: Batch) -> torch.Tensor:
    found: torch.Tensor = base.model(input_ids=batch.ids, **batch.inputs).logits.float()
    return found


def predict(base: Base, encoder: Any, asked: Sequence[Conversation], name: str, progress: Progress) -> list[Prediction]:
    """Nothing from a base whose head was never taught: its scores would be the numbers that it began with by chance."""
    from studio.engine import generate, scoring

    if name == generate.BASE and not base.taught:
        return [Prediction("") for _ in asked]
    prompts = [encoder.prompt(said[-1].content, said[:-1], reserve=0) for said in asked]

    def score(places: list[int]) -> torch.Tensor:
        return _asked(base, [prompts[place] for place in places], name)

    return scoring.likeliest(encoder.labels, [len(prompt) for prompt in prompts], 1, score, progress)


def _asked(base: Base, prompts: Sequence[tuple[int, ...]], name: str) -> torch.Tensor:
    """Scores (prompts, classes), on the CPU."""
    from studio.engine import generate

    rows = [Encoded(0, prompt, (0,), "") for prompt in prompts]
    with torch.inference_mode(), generate.lanes(base, [name] * len(rows)):
        return scores(base, collate(base, rows).to(base.device)).cpu()


def ask(base: Base, prompts: Sequence[tuple[int, ...]]) -> Asked:
    raise AssertionError("it says nothing in words")


def say(base: Base, prompts: Sequence[tuple[int, ...]], name: str, most: int) -> list[tuple[int, ...]]:
    return [() for _ in prompts]


def replay(base: Base, prompt: tuple[int, ...], said: tuple[int, ...]) -> torch.Tensor:
    from studio.engine import generate

    return _asked(base, [prompt], generate.TUNED)


def stacks(model: Any) -> tuple[torch.nn.ModuleList, ...]:
    return (stack(model.base_model, model.config.num_hidden_layers),)


def gathered(model: Any) -> Gathered | None:
    return first.gathered(model)


def above(base: Base, words: bool) -> Iterator[torch.nn.Parameter]:
    """The head, and of the model beneath it what it has behind its blocks: a pooler, a last norm. It has no words."""
    (blocks,) = stacks(base.model)
    parts = [*base.model.base_model.children()]
    place = next(at for at, part in enumerate(parts) if any(one is blocks for one in part.modules()))
    for part in (*parts[place + 1 :], *(module for _, module in _outside(base.model))):
        yield from part.parameters()


def complete(base: Base, ends: Sequence[int], draft: Path) -> None:
    """Weights, tokenizer and the names of the classes in config.json are all there is."""
