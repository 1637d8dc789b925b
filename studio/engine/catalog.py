"""Which base models can be used, judged from plain JSON before any code of a model library sees the folder.

Knows no weights and runs nothing of what it reads.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from studio import hubs
from studio.assets import STARTER_DIR
from studio.config import STARTER
from studio.contract import ModelCard
from studio.engine import gguf, shape
from studio.engine.folder import MAX_JSON, read_json, refuse_code
from studio.engine.folder import check as check_files
from studio.engine.shape import Shape as Shape  # (for all who ask the catalogue)
from studio.errors import StudioError
from studio.heads import HEADS

# A kind of model → its head in `heads`, of those that the tests go through one by one. Any other is opened only if
# transformers itself implements it as one that goes on with a text, and is tried first (`kinds`).
HEAD_OF: dict[str, str] = {
    **dict.fromkeys(
        ("gemma", "gemma2", "gemma3_text", "gpt2", "gpt_neox", "llama", "mistral", "olmo2", "phi3", "qwen2", "qwen3",
         "smollm3", "stablelm"),
        "causal",
    ),
    **dict.fromkeys(
        ("albert", "bert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "ernie", "modernbert",
         "mpnet", "roberta", "roformer", "xlm-roberta"),
        "sequence",
    ),
    **dict.fromkeys(("bart", "mt5", "t5", "umt5"), "seq2seq"),
}  # fmt: skip
# What layers of a mixture's experts, and the one that chooses among them, are called; peft takes others of such a name
# for them.
EXPERTS = ("gate", "router", "gate_proj", "up_proj", "down_proj", "w1", "w2", "w3")
BYTES_PER_GIB = 2**30
SAMPLES, BLOCK = 64, 4096  # blocks of a weights file, and bytes of each, that tell it from another


def head_of(kind: str) -> str:
    """The head in `heads` with which a kind of model ends; of kinds that are no row here only those are ever opened
    that go on with a text."""
    return HEAD_OF.get(kind, "causal")


def nearest(kind: str) -> str:
    """The kind of these that is called most like another; of one that sees pictures, too, its text part."""
    if f"{kind}_text" in HEAD_OF:
        return f"{kind}_text"
    return (difflib.get_close_matches(kind, HEAD_OF, n=1, cutoff=0.5) or ["qwen3"])[0]


def source_of(model: str) -> Literal["starter", "local", "hub"]:
    """How a model is named: the starter, a folder or a GGUF file (absolute, or with . ~ or a drive in front), else a
    hub's id."""
    if model == STARTER:
        return "starter"
    is_path = model.startswith((".", "~", "/", "\\")) or re.match(r"[A-Za-z]:[\\/]", model) or gguf.is_one(model)
    return "local" if is_path else "hub"


def folder_of(model: str, models_dir: Path) -> Path:
    """Where the model's files are, or would be once fetched. Raises StudioError for an id that no hub could have."""
    source = source_of(model)
    if source == "starter":
        return STARTER_DIR
    if source == "local":
        path = Path(model).expanduser().resolve()
        return gguf.place(path, models_dir) if gguf.is_one(model) else path
    if not hubs.is_id(model):
        raise StudioError("engine.not_an_id", model=model[:80])
    return models_dir / model.replace("/", "--")


def public_name(model: str) -> str:
    """The model's name for other people: never a path of this machine."""
    return Path(model).expanduser().resolve().name if source_of(model) == "local" else model


def check(folder: Path) -> dict[str, Any]:
    """The folder's config.json, if the model may be used.

    Raises StudioError when it is no model, of a kind that is not supported, asks to run its own code, or holds
    weights in a format other than safetensors.
    """
    if not folder.is_dir():
        raise StudioError("engine.no_such_folder", folder=str(folder))
    if (folder / "adapter_config.json").exists():
        raise StudioError("engine.is_adapter", folder=str(folder))
    if not (folder / "config.json").exists():
        raise StudioError("engine.no_config", folder=str(folder))
    check_files(folder)
    config = check_config(read_json(folder / "config.json"))
    for path in weight_files(folder):
        _header(path)
    return config


def check_config(config: Any) -> dict[str, Any]:
    """A parsed config.json, if its model may be used. Raises StudioError as `check` does.

    An `auto_map` names code that came with the model. Kinds that transformers implements itself do without it, and
    trust_remote_code=False keeps it from being read; any other kind would be nothing without it.
    """
    if not isinstance(config, dict):
        raise StudioError("engine.damaged", file="config.json")
    refuse_code(config, "config.json")
    words = text_part(config)
    if unknown := [kind for kind in (config.get("model_type"), words.get("model_type")) if not _is_known(kind)]:
        if "auto_map" in config:
            raise StudioError("engine.wants_code", file="config.json")
        named = str(unknown[0])[:40]
        raise StudioError(
            "engine.unsupported_model", kind=named, nearest=nearest(named), supported=", ".join(sorted(HEAD_OF))
        )
    if "quantization_config" in config:
        raise StudioError("engine.already_quantised")
    return words


def _is_known(kind: Any) -> bool:
    return isinstance(kind, str) and (kind in HEAD_OF or kind in _native())


def text_part(config: Mapping[str, Any]) -> dict[str, Any]:
    """Of a model that sees pictures too, the settings of the part that reads and writes; else all."""
    words = config.get("text_config")
    return dict(words) if isinstance(words, dict) and isinstance(words.get("model_type"), str) else dict(config)


@cache
def _native() -> frozenset[str]:
    """The kinds that transformers implements as models that go on with a text, and as nothing else."""
    from transformers.models.auto import modeling_auto as known

    others = {*known.MODEL_FOR_MASKED_LM_MAPPING_NAMES, *known.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES}
    causal = known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.items()
    return frozenset(
        kind for kind, name in causal if kind not in others and name.endswith(("ForCausalLM", "LMHeadModel"))
    )


def settings(path: Path) -> dict[str, Any]:
    """A JSON file beside a model that need not be there. Raises StudioError when it is damaged."""
    found = read_json(path) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def end_ids(folder: Path) -> list[Any]:
    """The tokens that end an answer as the model's makers say beside it; whatever they wrote there."""
    return listed(settings(folder / "generation_config.json").get("eos_token_id"))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model. Raises StudioError when there are none or the index names others' files."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        named = read_json(index).get("weight_map", {})
        names = sorted(set(named.values())) if isinstance(named, dict) else []
        if not names or any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise StudioError("engine.damaged", file=index.name)
    else:
        names = ["model.safetensors"]
    missing = [name for name in names if not (folder / name).is_file() or not name.endswith(".safetensors")]
    if missing:
        raise StudioError("engine.no_safetensors", folder=str(folder), missing=", ".join(missing[:3]))
    return [folder / name for name in names]


def _header(path: Path) -> dict[str, Any]:
    """The JSON header of a safetensors file. Raises StudioError when there is none, or the file is too short."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(MAX_JSON, size - 8):
            raise StudioError("engine.damaged", file=path.name)
        try:
            header = json.loads(file.read(length))
            end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
            raise StudioError("engine.damaged", file=path.name) from error
    if 8 + length + end != size:
        raise StudioError("engine.damaged", file=path.name)
    return header


def _shapes(folder: Path) -> Iterator[list[int]]:
    for path in weight_files(folder):
        for name, entry in _header(path).items():
            if name != "__metadata__":
                yield entry["shape"]


def count_parameters(folder: Path) -> int:
    """The exact number of weights in a model's safetensors files."""
    return sum(math.prod(sides) for sides in _shapes(folder))


def linear_layers(folder: Path) -> set[str]:
    """What the linear layers of a model's blocks are called: the last part of their names, such as q_proj.

    Of a mixture those beside its experts: these are in memory no layers of their own.
    """
    found = set()
    for path in weight_files(folder):
        for name, entry in _header(path).items():
            *above, layer, kind = ["", "", *name.split(".")]
            if kind == "weight" and len(entry.get("shape", ())) == 2 and any(part.isdigit() for part in above):
                found.add("experts" if "experts" in above else layer)
    return found - {"experts", *EXPERTS} if "experts" in found else found


def identity(folder: Path) -> str:
    """What tells these weights from others: a SHA-256 over their sizes, headers and SAMPLES blocks of each file.

    Any other training of the same model differs in nearly every block; reading all of 16 GB would take half a minute.
    """
    digest = hashlib.sha256()
    for path in weight_files(folder):
        size = path.stat().st_size
        digest.update(json.dumps([path.name, size, _header(path)]).encode())
        with path.open("rb") as file:
            for part in range(SAMPLES):
                file.seek(size * part // SAMPLES)
                digest.update(file.read(BLOCK))
    return digest.hexdigest()


def card(model: str, folder: Path) -> ModelCard:
    """The card of a model on this machine. Raises StudioError as `check` does."""
    config = check(folder)
    size = sum(path.stat().st_size for path in weight_files(folder)) / BYTES_PER_GIB
    return _card(model, config, count_parameters(folder), size, cached=True)


def card_from_config(model: str, config: Mapping[str, Any]) -> ModelCard:
    """The card of a model that is still at the hub, its size reckoned from the shapes."""
    words = HEADS[head_of(config["model_type"])].talks
    parameters = shape.parameters(config, words)
    return _card(model, config, parameters, 2 * parameters / BYTES_PER_GIB, cached=False)


def _card(model: str, config: Mapping[str, Any], parameters: int, size_gib: float, cached: bool) -> ModelCard:
    sizes = Shape.of(config)
    return ModelCard(
        id=model,
        source=source_of(model),
        parameters=parameters,
        hidden=sizes.hidden,
        layers=sizes.layers,
        vocabulary=sizes.vocabulary,
        context=sizes.context,
        size_gib=size_gib,
        cached=cached,
        head=head_of(config["model_type"]),
        embeds=_embeds(config),
        kind=config["model_type"],
    )


def _embeds(config: Mapping[str, Any]) -> bool:
    """An encoder that was saved without any head: neither for classes nor for masked words."""
    saved = config.get("architectures")
    bare = isinstance(saved, list) and bool(saved) and all(str(name).endswith("Model") for name in saved)
    return bare and head_of(config["model_type"]) == "sequence"
