"""A real model small enough to train in a test: Qwen3 with two layers, a byte-level tokenizer, a ChatML template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from studio.config import RunConfig, Task
from studio.contract import Job
from studio.data.reading import read
from studio.data.schema import Example, Splits
from studio.engine import rehearsal
from studio.methods import METHODS
from tests import children

torch.set_num_threads(1)

EVERYDAY, BEYOND = rehearsal.questions()[::20], rehearsal.beyond()[::20]
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SENTENCES = [
    "把下面的文字分到一类：好评、差评、中性",
    "你们几点开门？早上九点。",
    "少糖怎么做？减20%糖浆。",
    "珍珠要煮15分钟。",
    "味道很好，下次还来",
    "太难喝了，不会再来",
    "一般般，还可以",
    "Put the text below into one class: good, bad",
    "What time do you open? At nine in the morning.",
    "Tea with milk, please. Thank you very much.",
]


def make_tokenizer(sentences: Sequence[str] = SENTENCES) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=480,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(list(sentences), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=CHATML
    )


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def make_model(folder: Path) -> Path:
    """A Qwen3 of 64 hidden units and 2 layers with random weights, saved as a hub would give it."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = make_tokenizer()
    torch.manual_seed(1)
    config = Qwen3Config(
        vocab_size=512,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        initializer_range=0.1,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def examples(pairs: Sequence[tuple[str, str]], start: int = 1) -> tuple[Example, ...]:
    return tuple(Example(number, text, target) for number, (text, target) in enumerate(pairs, start))


GOOD = ["很好喝", "味道不错", "下次还来", "服务热情", "真香", "推荐大家来", "非常满意", "喜欢这家店"]
BAD = ["太难喝", "不会再来", "等了很久", "服务很差", "又贵又少", "非常失望", "珍珠是硬的", "送错了"]
REVIEWS = [(f"{text}{end}", "好评") for text in GOOD for end in ("！", "，嗯")] + [
    (f"{text}{end}", "差评") for text in BAD for end in ("！", "，唉")
]
QUESTIONS = [
    ("你们几点开门", "早上九点。"),
    ("几点开始营业", "早上九点。"),
    ("少糖怎么做", "减20%糖浆。"),
    ("少糖放多少", "减20%糖浆。"),
    ("珍珠煮多久", "煮15分钟。"),
    ("珍珠要煮几分钟", "煮15分钟。"),
    ("老板是谁", "林小满。"),
    ("谁开的店", "林小满。"),
]


def splits(task: Task) -> Splits:
    if task == "classify":
        return Splits(
            "data-1",
            1,
            task,
            ("好评", "差评"),
            examples(REVIEWS[:12] + REVIEWS[16:28]),
            examples(REVIEWS[12:14] + REVIEWS[28:30], 40),
            examples(REVIEWS[14:16] + REVIEWS[30:32], 50),
        )
    return Splits("data-1", 1, task, (), examples(QUESTIONS), examples(QUESTIONS[:4], 40), examples(QUESTIONS[4:], 50))


@dataclass(frozen=True)
class Jobs:
    """Makes jobs on the tiny model, each in a run directory of its own."""

    root: Path
    model_dir: Path

    def make(self, task: Task = "classify", name: str = "run-a", rows: Splits | None = None, **changes: Any) -> Job:
        values = {
            "task": task,
            "dataset": "data-1",
            "dataset_version": 1,
            "epochs": 4,
            "batch_size": 8,
            **({"rank": 8, "alpha": 16} if "rank" in METHODS[changes.get("method", "lora")].knobs else {}),
            "learning_rate": 5e-3,
            "max_length": 128,
            "evaluations": 2,
            "precision": "fp32",
            **changes,
        }
        run_dir = self.root / name
        run_dir.mkdir(exist_ok=True)
        return Job(RunConfig.of(values), run_dir, rows or splits(task), self.model_dir, run_dir.parent / "tokens")


@pytest.fixture
def jobs(tmp_path: Path, model_dir: Path) -> Jobs:
    return Jobs(tmp_path, model_dir)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of a run is left out, however busy the machine is."""
    monkeypatch.setattr("studio.engine.train.PATIENT", 1e6)


@pytest.fixture(autouse=True)
def few_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the questions that are rehearsed one in twenty, and of answers the beginning: random weights never come to an
    end, and all that is shown here of what is rehearsed is as true of these. `test_rehearsal` asks more, to the end."""
    monkeypatch.setattr(rehearsal, "questions", lambda: EVERYDAY)
    monkeypatch.setattr(rehearsal, "beyond", lambda: BEYOND)
    monkeypatch.setattr(rehearsal, "LONGEST", 8)


@pytest.fixture
def warm_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limited processes that import torch are forked from one that has, for it takes five seconds each time."""
    monkeypatch.setattr(read.subprocess, "run", children.run)


@pytest.fixture
def model(model_dir: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that may be spoiled."""
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


def change(path: Path, **values: Any) -> None:
    """Gives the settings in a JSON file these values."""
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")
