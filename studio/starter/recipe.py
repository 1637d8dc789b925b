"""The recipe: every number that decides how the starter is made, in one frozen object.

It knows nothing of how the numbers are used.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """The model: sizes divide by 64, so that 4-bit blocks fit."""

    vocabulary: int = 6_144
    hidden: int = 256
    intermediate: int = 768
    layers: int = 6
    heads: int = 4
    key_value_heads: int = 2
    head_size: int = 64
    context: int = 1_024


@dataclass(frozen=True)
class Recipe:
    """One run of pretraining. Rates are peaks; they rise over ``warmup`` steps, stay, and fall over the last part."""

    shape: Shape = field(default_factory=Shape)
    seed: int = 7
    steps: int = 8_800
    minutes: float | None = None  # instead of steps: as many as fit
    length: int = 512  # tokens per packed row
    rows: int = 8  # packed rows per step
    matrix_rate: float = 0.02  # Muon, for the matrices inside the layers
    rate: float = 3e-3  # AdamW, for embeddings and norms
    weight_decay: float = 0.05
    warmup: int = 50
    reading: float = 0.23  # the share of the steps, from the first, in which every token is learned, not answers only
    many: float = 0.68  # the share of the steps, to the last, in which many reviews or questions stand in one document
    talking: float = 0.09  # the share of the steps, to the last, in which most documents are questions and answers
    decay: float = 0.45  # the share of the steps over which the rates fall to zero
    clip: float = 1.0
    save_every: int = 250
    compiled: bool = True  # torch.compile: two and a half times the speed on a CPU, after a minute
    tokenizer_documents: int = 30_000
    asked_every: int = 1  # of the questions that score it, one of so many


QUICK = Recipe(
    shape=Shape(vocabulary=5_120, hidden=128, intermediate=256, layers=2, heads=2, key_value_heads=1, head_size=64),
    steps=60,
    length=256,
    rows=4,
    warmup=5,
    compiled=False,
    tokenizer_documents=2_000,
    asked_every=20,  # what has hardly read anything goes on to the end of every answer
)
