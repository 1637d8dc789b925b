"""A model that reads a text whole and then writes another (T5, BART): what is asked and what is said are apart.

Knows no other head. Such models have no chat format: what was said before stands in front of a question, line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from studio.contract import Prediction, Progress, Sampling
from studio.data.asking import Conversation
from studio.data.schema import Example, Message
from studio.engine import catalog, shape
from studio.engine.batches import Batch
from studio.engine.encode import Encoded, RowEncoder
from studio.engine.heads import Asked, Gathered, Opened, stack
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.load import Base

task_type = "SEQ_2_SEQ_LM"
continues = False
LAST_NORM = "final_layer_norm"


class Pairs(RowEncoder):
    """The question with what was said before it, and its answer, each between the tokenizer's own marks.

    `max_length` counts each alone, for the model reads one and writes the other.
    """

    def completion(self, target: str) -> tuple[int, ...]:
        return self._marked(self._answer(target))

    def room(self, completion: Sequence[int]) -> int:
        return self.max_length if len(completion) <= self.max_length else 0

    def prompt(self, text: str, context: Sequence[Message] = (), reserve: int = 1) -> tuple[int, ...]:
        return super().prompt(text, context, reserve=0)

    def as_code(self, example: Example) -> str:
        return json.dumps(_lines(self.asked(example.text, example.context)), ensure_ascii=False)

    def _split(self, asked: list[dict[str, str]], target: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return self._prompt(asked), self._marked(target)

    def _prompt(self, messages: list[dict[str, str]]) -> tuple[int, ...]:
        return self._marked(_lines(messages))

    def _marked(self, text: str) -> tuple[int, ...]:
        before, after = self.marks
        return (*before, *self._ids(self._defuse(text)), *(after or (self.tokenizer.eos_token_id,)))


def _lines(messages: Sequence[dict[str, str]]) -> str:
    return "\n".join(message["content"] for message in messages)


encoder = Pairs


def open(folder: Path, labels: Sequence[str], **options: Any) -> Opened:
    """Its labels are words, which it has."""
    from transformers import AutoModelForSeq2SeqLM

    return Opened(AutoModelForSeq2SeqLM.from_pretrained(folder, **options))


def prepare(tokenizer: Any, folder: Path, config: Mapping[str, Any]) -> None:
    """With an end token, and the most tokens that the model reads. Raises StudioError when it ends no answer."""
    tokenizer.model_max_length = min(tokenizer.model_max_length, catalog.Shape.of(config).context)
    if tokenizer.eos_token_id is None:
        _, after = Pairs(tokenizer, "chat", (), 0).marks
        if not after:
            raise StudioError("engine.no_end_token", folder=str(folder))
        tokenizer.eos_token = tokenizer.convert_ids_to_tokens(after[-1])


def end_ids(base: Base) -> set[Any]:
    return {base.tokenizer.eos_token_id}


def _start(base: Base) -> int:
    """The token after which an answer begins."""
    start = base.model.config.decoder_start_token_id
    return int(start if start is not None else base.tokenizer.pad_token_id)


def _read(base: Base, prompts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask (rows, tokens), padded at the right."""
    width = max(map(len, prompts))
    pad = base.tokenizer.pad_token_id or 0
    ids = torch.tensor([[*prompt, *[pad] * (width - len(prompt))] for prompt in prompts])
    return ids, torch.tensor([[1] * len(prompt) + [0] * (width - len(prompt)) for prompt in prompts])


def _written(base: Base, answers: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """What stands before each token of the answers (rows, tokens), and the flat places of those that are no padding."""
    width = max(map(len, answers))
    pad = base.tokenizer.pad_token_id or 0
    before = torch.tensor([[_start(base), *said[:-1], *[pad] * (width - len(said))] for said in answers])
    places = [row * width + place for row, said in enumerate(answers) for place in range(len(said))]
    return before, torch.tensor(places)


def collate(base: Base, rows: Sequence[Encoded]) -> Batch:
    ids, mask = _read(base, [row.prompt for row in rows])
    before, scored = _written(base, [row.completion for row in rows])
    targets = torch.tensor([number for row in rows for number in row.completion])
    tokens = sum(len(row) for row in rows)
    return Batch(ids, scored, targets, tokens, {"attention_mask": mask, "decoder_input_ids": before})


def scores(base: Base, batch: Batch) -> torch.Tensor:
    found: torch.Tensor = base.model(input_ids=batch.ids, use_cache=False, **batch.inputs).logits
    return found.flatten(0, 1)[batch.scored].float()


def predict(base: Base, encoder: Any, asked: Sequence[Conversation], name: str, progress: Progress) -> list[Prediction]:
    """Each label read as a whole answer; a text is read once for all of them."""
    from studio.engine import scoring

    said = [encoder.completion(label) for label in encoder.labels]
    prompts = [encoder.prompt(one[-1].content, one[:-1]) for one in asked]

    def score(places: list[int]) -> torch.Tensor:
        return _of_labels(base, [prompts[place] for place in places], said, name)

    more = len(said) * max(map(len, said))
    return scoring.likeliest(encoder.labels, [len(prompt) for prompt in prompts], more, score, progress)


def _of_labels(
    base: Base, prompts: Sequence[tuple[int, ...]], said: Sequence[tuple[int, ...]], name: str
) -> torch.Tensor:
    """Log-probabilities (prompts, labels), on the CPU."""
    from studio.engine import generate

    ids, mask = (one.to(base.device) for one in _read(base, prompts))
    before, scored = (one.to(base.device) for one in _written(base, [*said] * len(prompts)))
    targets = torch.tensor([number for label in said for number in label] * len(prompts), device=base.device)
    # the encoder's rows are the prompts, the decoder's each prompt with each label
    with torch.inference_mode(), generate.lanes(base, [name] * len(prompts)):
        read = base.model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
    with torch.inference_mode(), generate.lanes(base, [name] * len(before)):
        logits = base.model(
            encoder_outputs=(read.repeat_interleave(len(said), 0),),
            attention_mask=mask.repeat_interleave(len(said), 0),
            decoder_input_ids=before,
            use_cache=False,
        ).logits
    logs = torch.log_softmax(logits.flatten(0, 1)[scored].float(), dim=1).gather(1, targets[:, None])
    sizes = [len(label) for label in said]
    parts = logs.view(len(prompts), sum(sizes)).split(sizes, dim=1)
    return torch.stack([part.sum(dim=1) for part in parts], dim=1).cpu()


def ask(base: Base, prompts: Sequence[tuple[int, ...]]) -> Asked:
    ids, mask = _read(base, prompts)
    return Asked({"input_ids": ids, "attention_mask": mask}, 1, _start(base))


def say(base: Base, prompts: Sequence[tuple[int, ...]], name: str, most: int) -> list[tuple[int, ...]]:
    from studio.engine import generate

    return [
        tuple(ids) for ids in generate.generate(base, prompts, [name] * len(prompts), Sampling(max_new_tokens=most))
    ]


def replay(base: Base, prompt: tuple[int, ...], said: tuple[int, ...]) -> torch.Tensor:
    row = Encoded(0, prompt, (*said, base.end_ids[0]), "")
    with torch.inference_mode():
        return scores(base, collate(base, [row]).to(base.device)).cpu()


def stacks(model: Any) -> tuple[torch.nn.ModuleList, ...]:
    """Those that read, and those that write."""
    read, write = shape.blocks(model.config.to_dict())
    return stack(model.get_encoder(), read), stack(model.get_decoder(), write)


def gathered(model: Any) -> Gathered | None:
    return None


def above(base: Base, words: bool) -> Iterator[torch.nn.Parameter]:
    """T5's last norm; BART ends with its last block."""
    for name, part in base.model.get_decoder().named_children():
        if name == LAST_NORM:
            yield from part.parameters()
    if words:
        yield from base.model.get_output_embeddings().parameters()


def complete(base: Base, ends: Sequence[int], draft: Path) -> None:
    """Greedy, begun and ended as it was taught; else what the base's makers set would be in force."""
    from transformers import GenerationConfig

    GenerationConfig(
        decoder_start_token_id=_start(base),
        eos_token_id=list(ends),
        pad_token_id=base.tokenizer.pad_token_id,
        do_sample=False,
        max_new_tokens=256,
    ).save_pretrained(draft)
