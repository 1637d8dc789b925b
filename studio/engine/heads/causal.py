"""A model that goes on with a text: each state says what the next token is.

Knows no other head.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch

from studio.contract import Prediction, Progress, Sampling
from studio.data.asking import Conversation
from studio.data.chat_template import ChatTemplate
from studio.engine import batches, catalog
from studio.engine.batches import Batch
from studio.engine.encode import Encoded, Encoder
from studio.engine.heads import Asked, Gathered, Opened, stack
from studio.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.load import Base


class Causal(Protocol):
    """What a head is made of whose model goes on with a text: `hidden` and `logits` as below."""

    def hidden(self, model: Any, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor: ...

    def logits(self, model: Any, states: torch.Tensor) -> torch.Tensor: ...


task_type = "CAUSAL_LM"
encoder = Encoder
continues = True


def open(folder: Path, labels: Sequence[str], **options: Any) -> Opened:
    """Its labels are words, which it has."""
    from transformers import AutoModelForCausalLM

    return Opened(AutoModelForCausalLM.from_pretrained(folder, **options))


def prepare(tokenizer: Any, folder: Path, config: Mapping[str, Any]) -> None:
    """With a chat template and an end token. Raises StudioError when it ends no answer."""
    given = tokenizer.chat_template or catalog.settings(folder / "chat_template.json").get("chat_template")
    tokenizer.chat_template = given
    tokenizer.chat_template = ChatTemplate(tokenizer).source
    if tokenizer.eos_token_id is None:
        tokenizer.eos_token = tokenizer.convert_ids_to_tokens(_end_of(tokenizer, folder, config))


def _end_of(tokenizer: Any, folder: Path, config: Mapping[str, Any]) -> int:
    """The token that ends an answer where the tokenizer names none: the template's, or what the model's makers say."""
    listed = [*catalog.end_ids(folder), *catalog.listed(config.get("eos_token_id"))]
    found = [Encoder(tokenizer, "chat", (), catalog.Shape.of(config).context).turn_end, *listed]
    ends = [number for number in found if isinstance(number, int) and 0 <= number < len(tokenizer)]
    if not ends:
        raise StudioError("engine.no_end_token", folder=str(folder))
    return ends[0]


def end_ids(base: Base) -> set[Any]:
    """The template's and the tokenizer's."""
    return {Encoder(base.tokenizer, "chat", (), base.context).end_id, base.tokenizer.eos_token_id}


def collate(base: Base, rows: Sequence[Encoded]) -> Batch:
    return batches.collate(rows, base.end_ids[0])


def hidden(model: Any, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor:
    """The last layer's output (rows, tokens, hidden) of a transformers causal model."""
    # use_cache=False is not for speed alone: with a cache, transformers would build no mask for right-padded rows
    output: torch.Tensor = model.base_model(input_ids=ids, use_cache=False, **inputs).last_hidden_state
    return output


def logits(model: Any, states: torch.Tensor) -> torch.Tensor:
    """Scores (n, vocabulary) in float32 for states (n, hidden), as the model's own forward would give them."""
    config = model.config.to_dict()
    scores: torch.Tensor = model.get_output_embeddings()(states)
    scores = scores * config.get("logit_scale", 1.0) / config.get("logits_scaling", 1.0)  # of Cohere, of Granite
    softcap = config.get("final_logit_softcapping")
    return torch.tanh(scores.float() / softcap) * softcap if softcap else scores.float()


def of(base: Base) -> Causal:
    """The two halves of a base's own head."""
    return cast("Causal", base.head)


def scores(base: Base, batch: Batch) -> torch.Tensor:
    """For the learned tokens alone: the head never sees a prompt or a padding token."""
    states = of(base).hidden(base.model, batch.ids)
    return of(base).logits(base.model, states.flatten(0, 1)[batch.scored])


def predict(base: Base, encoder: Any, asked: Sequence[Conversation], name: str, progress: Progress) -> list[Prediction]:
    """Each label read as a whole answer."""
    from studio.engine.heads import branches

    return branches.predict(base, encoder, asked, name, progress)


def ask(base: Base, prompts: Sequence[tuple[int, ...]]) -> Asked:
    """Padded at the left, so that each answer goes on where its prompt ends."""
    width, pad = max(map(len, prompts)), base.end_ids[0]
    ids = torch.tensor([[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    return Asked({"input_ids": ids, "attention_mask": mask}, width)


def say(base: Base, prompts: Sequence[tuple[int, ...]], name: str, most: int) -> list[tuple[int, ...]]:
    from studio.engine import generate

    said = generate.generate(base, prompts, [name] * len(prompts), Sampling(max_new_tokens=most))
    return [tuple(ids) for ids in said]


def replay(base: Base, prompt: tuple[int, ...], said: tuple[int, ...]) -> torch.Tensor:
    """In one pass over prompt and answer, with the adapter if there is one."""
    with torch.inference_mode():
        states = of(base).hidden(base.model, torch.tensor([prompt + said], device=base.device))
        return of(base).logits(base.model, states[0, len(prompt) - 1 :]).cpu()


def stacks(model: Any) -> tuple[torch.nn.ModuleList, ...]:
    return (stack(model.base_model, model.config.num_hidden_layers),)


def gathered(model: Any) -> Gathered | None:
    return None


def above(base: Base, words: bool) -> Iterator[torch.nn.Parameter]:
    """The last norm. The layer that says words is, in a model that reads and says by one table, that table."""
    (blocks,) = stacks(base.model)
    within = {id(weight) for weight in blocks.parameters()}
    yield from (weight for weight in base.model.parameters() if weight.dim() == 1 and id(weight) not in within)
    if words:
        yield from base.model.get_output_embeddings().parameters()


def complete(base: Base, ends: Sequence[int], draft: Path) -> None:
    """Greedy, and ended by every token that can end an answer; else what the base's makers set would be in force."""
    from transformers import GenerationConfig

    pad = base.tokenizer.pad_token_id
    GenerationConfig(
        eos_token_id=list(ends),
        pad_token_id=pad if pad is not None else ends[0],
        bos_token_id=base.tokenizer.bos_token_id,
        do_sample=False,
        max_new_tokens=256,
    ).save_pretrained(draft)
