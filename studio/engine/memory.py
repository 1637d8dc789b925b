"""What a run will take, before it starts: steps, seconds, memory and disk, each from terms that can be named.

Knows the sizes of a model and of the rows, nothing else; loads no weights. The terms are those of a step; their sum is
meant to be a little high, never low.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.config import RunConfig
from studio.contract import Estimate, Machine, ModelCard, TokenCounts, fit
from studio.engine import attention, device, drafts, methods
from studio.engine.ending import exam_steps
from studio.engine.learner import MICRO_TOKENS
from studio.engine.objectives import OBJECTIVES
from studio.heads import HEADS
from studio.methods import METHODS, Quantise
from studio.preferences import PREFERENCES
from studio.tasks import TASKS

GIB = 2**30
PROCESS_GIB = {"cpu": 0.9, "cuda": 0.6, "mps": 0.9}  # Python with torch and its kin; a CUDA context
STEP_SECONDS = {"cpu": 0.0022, "cuda": 0.0012, "mps": 0.002}  # per layer and step: launching the operations of LoRA
TOKEN_SECONDS = {"cpu": 1e-7, "cuda": 3e-11, "mps": 1e-9}  # per layer, width and token: all but the matrix products
SHARE_OF_PEAK = 0.6  # of a large matrix product's rate that a training step reaches
EVERYDAY_TOKENS = 30  # of a rehearsed question and its answer, about
LOADING_SECONDS = 3.0
SAFE = 1.1
# Bytes for each weight that learns: itself or what it was, gradient and two moments of AdamW, in fp32; in the memory of
# the processor also the best so far, and in place of the gradient the copy of all of them that a checkpoint writes.
OF_LEARNED = {"cpu": 4 + 8 + 4 + 12, "cuda": 16, "mps": 4 + 8 + 4 + 12}
BYTES: Mapping[Quantise, float] = {"none": 0.0, "nf4": 0.52}  # of a frozen weight; 0: as many as its precision has
SLOWER: Mapping[Quantise, float] = {"none": 1.0, "nf4": 1.6}  # launching a step, whose weights are unpacked first


@dataclass(frozen=True)
class Memory:
    """Bytes at the fullest moment of training."""

    weights: float
    adapter: float  # what learns
    activations: float
    logits: float
    exam: float  # what a test reads at once, while no step is made

    @property
    def total(self) -> float:
        return self.weights + self.adapter + max(self.activations + self.logits, self.exam)


def estimate(config: RunConfig, card: ModelCard, counts: TokenCounts, machine: Machine) -> Estimate:
    """Steps, tokens, seconds, GiB of memory and disk, and whether it fits into the machine's free memory."""
    rows = max(1, counts.rows - counts.unlearnable)
    steps = math.ceil(rows / config.batch_size) * config.epochs
    memory = memory_of(config, card, counts, machine.device)
    gib = SAFE * memory.total / GIB + PROCESS_GIB[machine.device]
    return Estimate(
        steps=steps,
        tokens=counts.tokens * config.epochs,
        seconds=seconds_of(config, card, counts, machine.device, steps),
        memory_gib=gib,
        disk_gib=(0 if card.cached else card.size_gib) + disk_of(config, card),
        fit=fit(gib, machine.free_gib),
    )


def memory_of(config: RunConfig, card: ModelCard, counts: TokenCounts, kind: Literal["cpu", "cuda", "mps"]) -> Memory:
    """The terms. Activations: what a block keeps for its backward pass, some 20 vectors of its width per token; with
    checkpointing each keeps what it reads, and one at a time the rest (Chen et al. 2016, arXiv 1604.06174)."""
    precision = methods.precision(config, kind)
    size = 2 if precision == "bf16" else 4
    embeddings = min(card.vocabulary * card.hidden * 2, card.parameters)
    body = card.parameters - embeddings
    stored = BYTES[METHODS[config.method].quantise] or size
    weights = stored * body + size * embeddings
    longest = OBJECTIVES[config.task].sides * min(max(counts.longest, 1), config.max_length)
    together = config.batch_size + round(config.rehearsal * config.batch_size)
    rows = min(together, config.micro_batch or together)
    tokens = min(max(MICRO_TOKENS, longest), rows * longest)
    block = (14 * card.hidden + 4 * card.inner) * size
    if kind == "cpu" and precision == "bf16":
        block += looked_back_over(card.hidden, longest)
    learned = counts.learned / max(counts.tokens, 1)
    room = methods.room(config.method)
    through = room.depth(config, card) + 1 / card.layers
    through_all = card.layers * through
    kept = card.hidden * size * through_all + block if config.checkpointing else block * through_all
    read = min(drafts.most_tokens(card.vocabulary, kind), counts.tokens)
    return Memory(
        weights=weights,
        adapter=OF_LEARNED[kind] * room.trained(config, card),
        activations=tokens * (kept + 16 * card.hidden * through),
        logits=tokens * learned * card.vocabulary * 4 * 3,
        exam=read * ((4 * card.hidden + 2 * card.inner) * size + learned * card.vocabulary * 4 * 3),
    )


def looked_back_over(hidden: int, longest: int) -> float:
    """Bytes that a block keeps of each token where attention is written out: keys, values and what comes out once a
    head, each as it is and turned, and of each head of some 64 numbers how alike two tokens are, in bf16, in fp32, and
    as shares in bf16."""
    return 12 * hidden + 8 * longest * hidden / 64 if longest <= attention.SHORT else 0.0


def seconds_of(
    config: RunConfig, card: ModelCard, counts: TokenCounts, kind: Literal["cpu", "cuda", "mps"], steps: int
) -> float:
    """Two floating-point operations per parameter and token forward, two back as far as gradients go, and two for the
    gradient of each weight that learns; norms, attention and adapters by the width of the layers, launching each step's
    operations, and the tests on the way."""
    precision = methods.precision(config, kind)
    speed = SHARE_OF_PEAK * device.matmul_rates("cpu" if kind == "mps" else kind)[precision]
    learned = counts.learned / max(counts.tokens, 1)
    head = card.vocabulary * card.hidden
    tokens = (counts.tokens + config.rehearsal * counts.rows * EVERYDAY_TOKENS) * config.epochs
    room = methods.room(config.method)
    share = min(1.0, room.trained(config, card) / card.parameters)
    depth = room.depth(config, card)
    passes = read_of(config, card, depth) + (4 if config.checkpointing else 2) * depth + 2 * share
    read = max(card.parameters - head, 0) + learned * head
    work = read * (tokens * passes + 2 * counts.tokens * looks_back(config))
    through = read_of(config, card, depth) / 2  # the share of the layers that a pass goes through
    launches = STEP_SECONDS[kind] * card.layers * SLOWER[METHODS[config.method].quantise]
    rest = TOKEN_SECONDS[kind] * card.layers * card.hidden * tokens * through
    tests = len(exam_steps(config, steps)) * launches * OBJECTIVES[config.task].passes * 2
    return work / speed + rest + steps * launches * through + tests + LOADING_SECONDS


def read_of(config: RunConfig, card: ModelCard, depth: float) -> float:
    """Floating-point operations of a parameter and token, forward: two, but what lies below all that learns is read
    once and kept (`engine.trunk`), where nothing it reads changes from pass to pass."""
    words = config.train_head and HEADS[card.head].talks
    kept = depth < 1 and config.epochs > 1 and not config.embedding_noise and not words
    return 2 * depth + 2 * (1 - depth) / config.epochs if kept else 2.0


def looks_back(config: RunConfig) -> bool:
    """Whether the untouched model reads all rows once before the first step (`engine.reference`)."""
    return TASKS[config.task].compares and PREFERENCES[config.preference_loss].reference


def disk_of(config: RunConfig, card: ModelCard) -> float:
    """GiB of two checkpoints (adapter, best adapter, two moments) and the adapter that is kept."""
    return methods.room(config.method).trained(config, card) * 4 * (2 * 4 + 1) / GIB
