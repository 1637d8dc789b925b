"""The engine as the studio's contract asks for it: each function finds its room here.

Imports torch and its kin only when a function is called, so that a command line that trains nothing starts at once.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from studio.config import RunConfig
from studio.contract import (
    Estimate,
    Exported,
    Job,
    Machine,
    Meanings,
    ModelCard,
    OnDisk,
    Progress,
    Session,
    Shade,
    Source,
    Stop,
    TokenCounts,
    Told,
    Unready,
    never,
    no_progress,
)
from studio.data import frozen
from studio.data.schema import Splits
from studio.data.teaching.wordings import learned

PREVIEW_ROWS = 5
# what takes seconds to import, in pieces between which one can end; transformers imports its parts when they are named
WARM = (
    "torch",
    "datasets",
    "transformers.modeling_utils",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
    "peft",
    "studio.engine.train",
)


class TorchEngine:
    """Trains and answers on this machine."""

    def __init__(self) -> None:
        # a plan asks again at every knob turned
        self._counted: dict[tuple[str, str, int, int, int, str], TokenCounts] = {}

    def warm(self, stop: Stop = never) -> None:
        for library in WARM:
            if not stop():
                import_module(library)

    def machine(self) -> Machine:
        from studio.engine import device

        return device.machine()

    def model_card(self, model: str, models_dir: Path) -> ModelCard:
        from studio.engine import hub

        return hub.model_card(model, models_dir)

    def fetch(self, model: str, models_dir: Path, progress: Progress = no_progress) -> Path:
        from studio.engine import hub

        return hub.fetch(model, models_dir, progress)

    def unready(self, models_dir: Path) -> Unready:
        from studio.engine import hub

        return hub.unready(models_dir)

    def download(self, model: str, models_dir: Path, source: Source, told: Told) -> Path:
        from studio.engine import hub

        return hub.download(model, models_dir, source, told)

    def stored(self, models_dir: Path) -> list[OnDisk]:
        from studio.engine import hub

        return hub.stored(models_dir)

    def remove(self, model: str, models_dir: Path) -> None:
        from studio.engine import hub

        hub.remove(model, models_dir)

    def token_counts(
        self, model_dir: Path, splits: Splits, max_length: int, wordings: int, tokens: Path
    ) -> TokenCounts:
        from studio.engine.rows import rows_of

        rows = frozen.digest(splits.lessons)  # of a version there are folds, and runs that know some of it
        key = (str(model_dir), splits.dataset, splits.version, max_length, wordings, rows)
        if key not in self._counted:
            self._counted[key] = rows_of(model_dir, splits, learned(splits, wordings), max_length, tokens).counts
        return self._counted[key]

    def preview(self, model_dir: Path, splits: Splits, config: RunConfig) -> list[list[tuple[str, Shade]]]:
        from studio.engine import catalog, load

        longest = min(config.max_length, config.reads(catalog.Shape.of(catalog.check(model_dir)).context))
        encoder = load.encoder(model_dir, splits, longest)
        return [encoder.preview(example) for example in splits.lessons[:PREVIEW_ROWS]]

    def check(self, config: RunConfig, model_dir: Path) -> None:
        from studio.engine import methods

        methods.check(config, model_dir)

    def estimate(self, config: RunConfig, card: ModelCard, counts: TokenCounts, machine: Machine) -> Estimate:
        from studio.engine import memory

        return memory.estimate(config, card, counts, machine)

    def train(self, job: Job, stop: Stop) -> None:
        from studio.engine.train import train

        train(job, stop)

    def meanings(self, model: str, models_dir: Path) -> Meanings:
        from studio.engine import catalog, meanings

        return meanings.EncoderMeanings(catalog.folder_of(model, models_dir))

    def open(self, job: Job) -> Session:
        from studio.engine.session import EngineSession, open_model

        return EngineSession(open_model(job), job)

    def export(self, job: Job, format: str, out: Path, progress: Progress = no_progress) -> Exported:
        from studio.engine.export import export

        return export(job, format, out, progress)
