"""Every family of models, every task, every way of teaching: one short run each on random weights, into docs/models.md.

Knows the engine by its contract. `python -m benchmarks.models` goes on where it was stopped: what was found lies in
.models/, by the version of transformers, and is not asked again, but for what was refused or failed; `--fresh` asks all
anew, `--page` nothing more.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.at_home import DIFFERENCES
from studio.heads import HEADS
from studio.methods import METHODS
from studio.tasks import TASKS

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / ".models" / "cells.jsonl", ROOT / "docs" / "models.md"
# A family as it is known → the kind that transformers calls it, and what its own defaults leave out.
FAMILIES: Mapping[str, str] = {
    "Llama, Yi": "llama", "Qwen3": "qwen3", "GPT-2": "gpt2", "GLM-4": "glm4", "Mixtral": "mixtral",
    "Qwen3 MoE": "qwen3_moe", "BERT, MiniLM": "bert", "RoBERTa": "roberta", "DeBERTa-v2, v3": "deberta-v2",
    "ELECTRA": "electra", "DistilBERT": "distilbert", "ModernBERT": "modernbert", "T5": "t5", "mT5": "mt5",
    "BART": "bart",
}  # fmt: skip
# Kinds that no table of the studio names; what their own defaults leave out of a whole model's settings.
TRIED: Mapping[str, Mapping[str, Any]] = {
    "bloom": {}, "cohere2": {}, "deepseek_v3": {}, "ernie4_5": {}, "ernie4_5_moe": {}, "exaone4": {}, "falcon": {},
    "glm": {}, "glm4": {}, "glm4_moe": {}, "gpt_oss": {}, "granite": {"logits_scaling": 8.0},
    "hunyuan_v1_dense": {"head_dim": 128},
    "hunyuan_v1_moe": {"head_dim": 128, "num_experts": 8, "moe_topk": 2, "moe_intermediate_size": 128},
    "internlm3": {}, "lfm2": {}, "minicpm3": {}, "mixtral": {}, "olmo3": {}, "opt": {}, "phi": {}, "qwen3_5_text": {},
    "qwen3_moe": {}, "qwen3_next": {}, "seed_oss": {}, "starcoder2": {},
}  # fmt: skip
RATES = {"lora": 2e-2, "qlora": 2e-2, "freeze": 1e-2, "full": 2e-3}  # of the others 5e-2
GENTLE = {"lora": 2e-3, "qlora": 2e-3, "freeze": 5e-3, "ptuning": 1.5e-2}  # of encoders, whose fresh head learns along


@dataclass(frozen=True)
class Cell:
    """What one run showed. `refused`: why it was not begun; else the loss before and after, whether the run that was
    stopped and went on ended in the same bits, and the largest difference of a score in plain transformers."""

    kind: str
    task: str
    method: str
    refused: str = ""
    before: float = 0.0
    after: float = 0.0
    resumes: bool = False
    format: str = ""
    difference: float = -1.0

    @property
    def good(self) -> bool:
        return self.after < self.before and self.resumes and 0 <= self.difference < 1e-2

    def __str__(self) -> str:
        if self.refused:
            return "–"
        mark = "✓" if self.good else "✗"
        return f"{mark} {self.before:.2f} → {self.after:.2f}{'' if self.format == 'merged' else ' ·'}"


def cells() -> Iterator[tuple[str, str, str]]:
    """Every kind × task × method that makes sense, the first way of all families before the second of any; the head
    says which tasks."""
    from studio.engine import catalog

    for method in METHODS:
        for task, rules in TASKS.items():
            for kind in FAMILIES.values():
                if rules.labelled or HEADS[catalog.head_of(kind)].talks:
                    yield kind, task, method


def made(kind: str, folder: Path) -> Path:
    """A tiny model with random weights, saved as a hub would give it."""
    from studio.engine import catalog, selftest
    from tests.engine import architectures, encoders, pairs
    from tests.engine.conftest import make_tokenizer

    head = catalog.head_of(kind)
    if head == "sequence":
        return encoders.save(folder, encoders.masked(kind))
    if head == "seq2seq":
        return pairs.save(folder, kind)
    known = kind in catalog.HEAD_OF
    model = architectures.tiny(kind) if known else selftest.copy_of(whole_settings(kind)).model
    model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


def whole_settings(kind: str) -> dict[str, Any]:
    """The config.json of a whole model of a kind."""
    from transformers import AutoConfig

    return dict(AutoConfig.for_model(kind, **TRIED.get(kind, {})).to_dict())


def splits(task: str) -> Any:
    """A few rows, of which some that are learned are asked again: of numbers drawn by chance it can be wanted that they
    take in what they are taught, not that they know more than that."""
    from studio.data.schema import Example, Splits
    from tests.engine import conftest

    if task != "prefer":
        rows = conftest.splits(task)
        return replace(rows, validation=(*rows.train[:2], *rows.train[-2:]))
    pairs = [(asked, said, "不知道。") for asked, said in conftest.QUESTIONS]
    rows = tuple(Example(number, *pair[:2], rejected=pair[2]) for number, pair in enumerate(pairs, 1))
    return Splits("data-1", 1, "prefer", (), rows, rows[:4], rows[4:])


def cell(kind: str, task: str, method: str) -> Cell:
    """Trains whole, and again in two parts; takes the result home and asks it there."""
    from studio.contract import never
    from studio.engine import TorchEngine, catalog
    from studio.errors import StudioError
    from studio.events import Evaluated
    from tests.engine.conftest import Jobs
    from tests.engine.running import After, adapter, facts, losses

    engine = TorchEngine()
    with TemporaryDirectory() as place:
        own = Path(place)
        jobs = Jobs(own, made(kind, own / "base"))
        rates = RATES if HEADS[catalog.head_of(kind)].talks else RATES | GENTLE
        changes = {"method": method, "epochs": 6, "evaluations": 1, "learning_rate": rates.get(method, 5e-2)}
        if "layers" in METHODS[method].knobs:
            changes["layers"] = 1
        if METHODS[method].ahead:
            changes["virtual_tokens"] = 6
        whole, parts = (jobs.make(task, name, rows=splits(task), **changes) for name in ("whole", "parts"))  # type: ignore[arg-type]
        try:
            engine.check(whole.config, whole.model_dir)
        except StudioError as error:
            return Cell(kind, task, method, refused=error.key)
        engine.train(whole, never)
        engine.train(parts, After(3))
        engine.train(parts, never)
        told = facts(whole, Evaluated)
        format = "merged" if METHODS[method].merges else "adapter"
        engine.export(whole, format, own / "out")
        apart = DIFFERENCES[catalog.head_of(kind)](engine.open(whole), whole, own / "out", format)
        same = adapter(parts) == adapter(whole) and losses(parts) == losses(whole)
        return Cell(kind, task, method, "", told[0].loss, told[-1].loss, same, format, apart)


def trials() -> Iterator[tuple[str, dict[str, str]]]:
    """What each kind that no table names fails at when it is tried, by method."""
    from studio.engine import selftest

    for kind in TRIED:
        yield kind, {method: selftest.run(whole_settings(kind), method) for method in METHODS}


def main() -> None:
    of = version("transformers")
    KEPT.parent.mkdir(exist_ok=True)
    if "--fresh" in sys.argv or not KEPT.is_file():
        KEPT.write_text("", encoding="utf-8")
    kept = [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    known = {(one["kind"], one["task"], one["method"]): Cell(**one) for one in kept if one.pop("of") == of}
    done = {key for key, found in known.items() if found.good}
    for key in cells():
        if key not in done and "--page" not in sys.argv:
            start = time.monotonic()
            known[key] = cell(*key)
            with KEPT.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(known[key]), "of": of}) + "\n")
            print(
                *key, known[key], known[key].refused, f"{time.monotonic() - start:.0f} s", file=sys.stderr, flush=True
            )
    PAGE.write_text(page(known, dict(trials()), of), encoding="utf-8")


def page(known: Mapping[tuple[str, str, str], Cell], tried: Mapping[str, Mapping[str, str]], of: str) -> str:
    titles = " | ".join(one.title for one in METHODS.values())
    rule = "| --- " * (len(METHODS) + 2) + "|"
    families = [
        f"| {family} | {task} | " + " | ".join(_shown(known, kind, task, method) for method in METHODS) + " |"
        for family, kind in FAMILIES.items()
        for task in TASKS
        if (kind, task, "lora") in known
    ]
    kinds = [
        f"| {kind} | " + " | ".join(what or "✓" for what in found.values()) + " |" for kind, found in tried.items()
    ]
    return "\n".join([
        *INTRODUCTION.format(version=of).splitlines(), "", f"| family | task | {titles} |", rule, *families, "",
        *TRIALS.splitlines(), "", f"| kind | {titles} |", "| --- " * (len(METHODS) + 1) + "|", *kinds, "",
    ])  # fmt: skip


def _shown(known: Mapping[tuple[str, str, str], Cell], kind: str, task: str, method: str) -> str:
    return str(known.get((kind, task, method), "…"))


INTRODUCTION = """# Models

Written by `python -m benchmarks.models` with transformers {version}; it goes on where it was stopped.

## Every family, task and way of teaching

A tiny model of the family with random weights learns a few rows. ✓: the loss of what it learned falls (before → after),
a run that was stopped and went on ends in the same bits, and what goes home answers in plain transformers as here
(`AutoModelForCausalLM`, `pipeline("text-classification")`, `AutoModelForSeq2SeqLM`): merged into plain weights, or,
with ·, as an adapter by peft. ✗: one of these fails. –: refused before it begins, in one sentence. …: not asked yet."""
TRIALS = """## Kinds that no table names

Any other causal kind that transformers implements is tried when it is first chosen, in a second, on a copy of its
settings with every size cut down. ✓: the loss is transformers' own, the adapter reaches every block, switched off it
leaves the untouched model to the last bit, merged weights are what was learned and answer so, and answers are word by
word what a reading of all before would say, and stop. Else what it fails at: `opens`, `loss`, `adapter`, `beside`,
`merged`, `answers`; LoRA decides whether the kind is taken at all, and each other way is refused where it fails."""


if __name__ == "__main__":
    main()
