"""Whether a kind of model is one that can be taught: tried out, in seconds, on a small copy with random weights.

Knows no folder of a user's and no list of kinds. Asked of the copy: its loss is transformers' own, an adapter reaches
every block and nothing else learns, merged weights answer as the adapter did, answers stop and are those of reading.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch

from studio.config import RunConfig
from studio.contract import Sampling
from studio.engine import adapters, device, generate, methods, proof
from studio.engine.encode import Encoded
from studio.engine.load import Base, quiet
from studio.engine.loss import logits, losses
from studio.engine.shrunk import VOCABULARY, shrunk
from studio.methods import METHODS

END, SAID = 2, 6  # the token that ends an answer, and as many tokens as it has at most
ROWS = tuple(
    Encoded(number, tuple(range(start, start + read)), (*range(start + read, start + read + said), END), "")
    for number, (start, read, said) in enumerate(((10, 5, 2), (30, 13, 1), (60, 2, 4)), 1)
)
BLOCK = re.compile(r"\.(\d+)\.")  # the number of a block in a weight's name
near = partial(torch.allclose, rtol=1e-3, atol=1e-3)


@dataclass(frozen=True)
class Copy(Base):
    """A model whose tokenizer knows numbers only, and not how an answer ends."""

    ends: tuple[int, ...] = (END,)

    @property
    def end_ids(self) -> list[int]:
        return list(self.ends)


@dataclass(frozen=True)
class Trial:
    """Makes copies of a model with these settings, taught by a method or not."""

    settings: Mapping[str, Any]
    method: str

    @property
    def config(self) -> RunConfig:
        own = {"rank": 4, "alpha": 8, "layers": 1, "virtual_tokens": 4}
        of = {"task": "chat", "dataset": "selftest", "dataset_version": 1, "method": self.method}
        return RunConfig.of({**of, **{name: own[name] for name in METHODS[self.method].knobs if name in own}})

    def untouched(self) -> Copy:
        return copy_of(self.settings)

    def taught(self) -> Copy:
        """One that has learned something at random."""
        tuned = cast("Copy", methods.attach(self.untouched(), self.config))
        draw = torch.Generator().manual_seed(5)
        state = adapters.weights(tuned)
        adapters.put(tuned, {name: one + torch.randn(one.shape, generator=draw) / 5 for name, one in state.items()})
        return tuned


Check = Callable[[Trial], bool]


def run(config: Mapping[str, Any], method: str = "lora") -> str:
    """The empty text where a model with these settings can be taught so, else the first of CHECKS that it fails."""
    trial = Trial(config, method)
    return next((name for name, check in CHECKS.items() if not holds(partial(check, trial))), "")


def holds(check: Callable[[], bool]) -> bool:
    """Whether a check of a small copy comes out right, whatever it raises."""
    try:
        with device.building():
            return check()
    except Exception:  # noqa: BLE001  (whatever a kind's own code raises, it does not do what is asked)
        return False


def copy_of(config: Mapping[str, Any]) -> Copy:
    """A small model built by these settings, with weights of a seed."""
    from transformers import AutoConfig, AutoModelForCausalLM

    quiet()
    small = shrunk(config)
    kind = small.pop("model_type")
    settings = AutoConfig.for_model(kind, **small)
    settings.initializer_range = 0.1
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(settings).eval().requires_grad_(False)
    return Copy(model, range(VOCABULARY), Path(), "fp32")


def _opens(trial: Trial) -> bool:
    return bool(torch.isfinite(_scores(trial.untouched())).all())


def _loss(trial: Trial) -> bool:
    """Of rows side by side, as transformers has it of each alone."""
    base = trial.untouched()
    found = losses(base, base.head.collate(base, ROWS)).split([len(row.completion) for row in ROWS])
    for row, ours in zip(ROWS, found, strict=True):
        labels = torch.tensor([[-100] * len(row.prompt) + list(row.completion)])
        theirs = base.model(input_ids=torch.tensor([row.ids]), labels=labels).loss
        if not near(ours.mean(), theirs):
            return False
    return True


def _scores(base: Base) -> torch.Tensor:
    with torch.inference_mode():
        return logits(base, base.head.collate(base, ROWS))


def _adapter(trial: Trial) -> bool:
    """What learns gets a gradient, and nothing else does; what lies beside the weights reaches every block."""
    tuned = trial.taught()
    losses(tuned, tuned.head.collate(tuned, ROWS)).sum().backward()
    learned = adapters.parameters(tuned)
    blocks = {int(found[1]) for name in learned if (found := BLOCK.search(name))}
    reached = all(weight.grad is not None for weight in learned.values())
    how = METHODS[trial.method]
    return reached and (not how.alone or not how.merges or len(blocks) == tuned.model.config.num_hidden_layers)


def _beside(trial: Trial) -> bool:
    """With the adapter switched off the model is the untouched one, to the last bit."""
    tuned, untouched = trial.taught(), _scores(trial.untouched())
    with generate.lanes(tuned, [generate.BASE] * len(ROWS)):
        off = _scores(tuned)
    return torch.equal(off, untouched) and not near(_scores(tuned), untouched)


def _merged(trial: Trial) -> bool:
    """Merged, saved and opened by plain transformers, every weight is what was learned, and so are the answers."""
    from transformers import AutoModelForCausalLM

    if not METHODS[trial.method].merges:
        return True
    tuned = trial.taught()
    wanted = _scores(tuned)
    with tempfile.TemporaryDirectory() as out:
        methods.room(trial.method).merge(tuned).model.save_pretrained(out)
        proof.same_weights(trial.taught(), Path(out))
        plain = AutoModelForCausalLM.from_pretrained(out, trust_remote_code=False, local_files_only=True).eval()
    return near(_scores(replace(tuned, model=plain, method="", peft=None)), wanted)


def _answers(trial: Trial) -> bool:
    """Base and adapter answer side by side as each alone, word by word what a reading of all before would say, and stop
    where an answer ends."""
    tuned, prompts = trial.taught(), [row.prompt for row in ROWS]
    names = [generate.BASE, generate.TUNED, generate.TUNED]
    said = generate.generate(tuned, prompts, names, Sampling(max_new_tokens=SAID))
    if said != [_read(tuned, prompt, name) for prompt, name in zip(prompts, names, strict=True)]:
        return False
    longest = max(range(len(said)), key=lambda lane: len(said[lane]))
    end = said[longest][len(said[longest]) // 2]
    again = replace(tuned, ends=(end,))
    (shorter,) = generate.generate(again, [prompts[longest]], [names[longest]], Sampling(max_new_tokens=SAID))
    return shorter == said[longest][: said[longest].index(end)]


def _read(base: Base, prompt: tuple[int, ...], name: str) -> list[int]:
    """The likeliest tokens, each found by reading all before it anew."""
    ids = list(prompt)
    with torch.inference_mode(), generate.lanes(base, [name]):
        while len(ids) < len(prompt) + SAID:
            found = int(base.model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1].argmax())
            if found in base.end_ids:
                break
            ids.append(found)
    return ids[len(prompt) :]


CHECKS: Mapping[str, Check] = {
    "opens": _opens, "loss": _loss, "adapter": _adapter, "beside": _beside, "merged": _merged, "answers": _answers,
}  # fmt: skip
