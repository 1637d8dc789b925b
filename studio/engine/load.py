"""A base model and its tokenizer in memory, from a folder that the catalogue has checked.

Knows no adapter and no run. Nothing here executes or unpickles what came with a model.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from studio.contract import Job
from studio.data.reading.panics import panics_as
from studio.data.schema import Splits
from studio.engine import attention, catalog, device, trial
from studio.engine.device import Precision
from studio.engine.encode import Encoded, RowEncoder
from studio.engine.heads import Room, head
from studio.errors import StudioError
from studio.methods import Quantise

warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")

# What a file of settings that says nonsense makes the libraries raise.
BROKEN = (ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, OSError, RuntimeError, TypeError,
          ValueError)  # fmt: skip
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model")


def in_whole(rows: Sequence[Encoded]) -> AbstractContextManager[None]:
    """Nothing is known of the rows: all blocks read them."""
    return nullcontext()


@dataclass(frozen=True)
class Base:
    """A frozen base model, ready to run.

    `model` is a model of transformers, with what a `method` teaches beside it once `peft`, peft's view of it, is set,
    or within it, where the layers that learn are kept as they were in `untouched`, by name. `ahead`: virtual tokens
    that stand before every row. Inside what `below` answers to a batch's rows, the model goes on from what is known of
    them. `labels` are the classes that it was opened for; `whole`, `taught` as in
    `heads.Opened`.
    """

    model: Any
    tokenizer: Any
    folder: Path
    precision: Precision
    quantise: Quantise = "none"
    method: str = ""  # by which something learns beside it, if anything does
    peft: Any = None
    untouched: Mapping[str, Any] = field(default_factory=dict)
    ahead: int = 0
    below: Callable[[Sequence[Encoded]], AbstractContextManager[None]] = in_whole
    labels: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    taught: bool = True

    @cached_property
    def device(self) -> torch.device:
        return next(self.model.parameters()).device

    @property
    def head(self) -> Room:
        """What makes answers of its states."""
        return head(self.model.config.model_type)

    @property
    def context(self) -> int:
        """The most tokens of a row that it reads."""
        return catalog.Shape.of(self.model.config.to_dict()).context - self.ahead

    @cached_property
    def end_ids(self) -> list[int]:
        """Every token that ends an answer: the template's, the tokenizer's, and those the model's makers listed."""
        ends = self.head.end_ids(self) | set(catalog.end_ids(self.folder))
        return sorted(number for number in ends if isinstance(number, int))

    @cached_property
    def spaces_apart(self) -> bool:
        """Whether the tokenizer reads Chinese out with a space after every character."""
        return " " in self.tokenizer.decode(self.tokenizer.encode("早上", add_special_tokens=False)).strip()

    def encoder(self, job: Job, max_length: int | None = None) -> RowEncoder:
        """What turns the job's rows into tokens; by default as long as the model can read."""
        return self.head.encoder.of(self.tokenizer, job.splits, max_length or self.context)


def tokenizer(folder: Path) -> Any:
    """The folder's tokenizer with what its kind of model needs of it, whatever its makers left out.

    Raises StudioError when it cannot be opened, ends no answer, or knows words that the model does not.
    """
    config = catalog.check(folder)
    if not any((folder / name).is_file() and (folder / name).stat().st_size for name in TOKENIZERS):
        # transformers would make up an empty one
        raise StudioError("engine.no_tokenizer", folder=str(folder), problem=" / ".join(TOKENIZERS))
    trial.must_end(folder)
    loaded = _opened(folder)
    loaded.init_kwargs.pop("auto_map", None)  # never followed here, nor passed on to who takes the model home
    head(config["model_type"]).prepare(loaded, folder, config)
    _must_fit(loaded, folder, catalog.Shape.of(config).vocabulary)
    return loaded


def _opened(folder: Path) -> Any:
    from transformers import AutoTokenizer

    asks_for_code = "auto_map" in catalog.settings(folder / "tokenizer_config.json")
    try:
        with panics_as("engine.no_tokenizer", folder=str(folder), problem="panic"):
            return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except StudioError:
        raise
    except Exception as error:  # a broken file makes the tokenizers library raise Exception itself
        if asks_for_code:
            raise StudioError("engine.wants_code", file="tokenizer_config.json") from error
        raise StudioError("engine.no_tokenizer", folder=str(folder), problem=_first_line(error)) from error


def _must_fit(loaded: Any, folder: Path, vocabulary: int) -> None:
    """Raises StudioError when text or template could write a token that the model has no place for.

    Control tokens for what is never said here, such as Gemma 3's for pictures, may lie beyond the model's table.
    """
    unwritten = {
        number
        for number, token in loaded.added_tokens_decoder.items()
        if token.special and token.content not in (loaded.chat_template or "") and number != loaded.eos_token_id
    }
    if any(number >= vocabulary and number not in unwritten for number in loaded.get_vocab().values()):
        raise StudioError("engine.tokenizer_does_not_fit", folder=str(folder))


def encoder(folder: Path, splits: Splits, max_length: int) -> RowEncoder:
    """What turns rows into tokens for the model in `folder`, of which no weight is read. Raises as `tokenizer` does."""
    words = tokenizer(folder)
    return head(catalog.check(folder)["model_type"]).encoder.of(words, splits, max_length)


def base(folder: Path, quantise: Quantise, precision: Precision, labels: Sequence[str] = ()) -> Base:
    """The model in `folder`, frozen and in evaluation mode, its linear layers in 4 bits for `nf4`.

    One that puts texts into classes is opened for `labels`, or without any for those that it was saved with. 4-bit is
    NF4 with double quantisation (QLoRA, arXiv 2305.14314). Raises StudioError when the folder is damaged, the model may
    not be used, or the memory is full.
    """
    quiet()
    words = tokenizer(folder)
    where = device.device()
    device.share_cores(catalog.count_parameters(folder))
    dtype = device.dtype_of(precision)
    stored = STORED[quantise](dtype)
    room = head(catalog.check(folder)["model_type"])
    try:
        with device.guarded(where), device.building():
            found = room.open(
                folder,
                labels,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=dtype,
                device_map={"": where},
                quantization_config=stored,
            )
    except BROKEN as error:
        raise StudioError("engine.damaged", file=f"{folder.name} ({_first_line(error)})") from error
    vars(found.model.config).pop("auto_map", None)  # never followed here, nor passed on to who takes the model home
    if stored:
        _keep_gradients(found.model)
    _must_be_finite(found.model, folder)
    model = found.model.requires_grad_(False).eval()
    attention.prepare(model)
    _say_from_one_piece(model)
    return Base(model, words, folder, precision, quantise, labels=tuple(labels), whole=found.whole, taught=found.taught)


def _say_from_one_piece(model: Any) -> None:
    """Before words are scored, the states that they are scored by are laid side by side.

    To generate, transformers hands on the last state of each row as a view of all. Of such a view torch's product takes
    the whole table of words once for every row: 7 GiB for 128 rows of a model of 135 million parameters.
    """
    if (words := model.get_output_embeddings()) is not None:
        words.register_forward_pre_hook(lambda _, given: (given[0].contiguous(), *given[1:]))


def quiet() -> None:
    """What transformers would tell of a model it opens is told by whoever asked for it."""
    from transformers.utils import logging as reports

    reports.disable_progress_bar()
    reports.set_verbosity_error()


def _must_be_finite(model: torch.nn.Module, folder: Path) -> None:
    """Raises StudioError where a weight is no number: whatever such a model says or learns is worth nothing."""
    for name, weight in model.named_parameters():
        if weight.is_floating_point() and not math.isfinite(weight.detach().sum(dtype=torch.float32).item()):
            raise StudioError("engine.base_not_finite", file=f"{folder.name} ({name})")


def _four_bits(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


# How frozen weights are stored: what transformers is to make of them.
STORED: Mapping[Quantise, Callable[[torch.dtype], Any]] = {"none": lambda dtype: None, "nf4": _four_bits}


def _keep_gradients(model: torch.nn.Module) -> None:
    """Forbids bitsandbytes to repack its weights when it evaluates on an AVX512-BF16 CPU.

    It never unpacks them, and no gradient flows through the packed form: after one evaluation, training would go on
    with wrong gradients and say nothing.
    """
    from bitsandbytes.nn import Linear4bit

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
