"""Models from elsewhere: which hub to ask first, what to fetch of a repository, and what to say when it fails.

Knows no weights in memory. Fetches nothing that could run: safetensors, JSON and text only.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio import hubs as public
from studio.contract import ModelCard, Progress, no_progress
from studio.engine import catalog, kinds
from studio.engine.folder import read_json
from studio.errors import StudioError

WANTED = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja"]
Hub = Callable[[str, list[str], Path], None]  # (id, patterns, folder): puts the files there


class NoSuchModel(Exception):
    """A hub answered that it has no such model, or none that is open to everyone."""


def model_card(model: str, models_dir: Path) -> ModelCard:
    """The card of a model that is here, or whose config.json a hub could be asked for.

    Raises StudioError: engine.no_such_model, engine.no_network, or as `catalog.check` and
    `kinds.admit` do.
    """
    folder = catalog.folder_of(model, models_dir)
    if folder.is_dir() or catalog.source_of(model) != "hub":
        kinds.admit(catalog.check(folder), models_dir)
        return catalog.card(model, folder)
    config = _config(model, _draft(folder))
    kinds.admit(config, models_dir)
    return catalog.card_from_config(model, config)


def fetch(model: str, models_dir: Path, progress: Progress = no_progress) -> Path:
    """The model's folder, fetched from a hub when it is not here yet. Raises StudioError as `model_card` does.

    An interrupted fetch goes on where it stopped; the folder gets its name only once it is whole and checked.
    """
    folder = catalog.folder_of(model, models_dir)
    if catalog.source_of(model) == "hub" and not folder.is_dir():
        draft = _draft(folder)
        kinds.admit(_config(model, draft), models_dir)
        _ask(model, WANTED, draft)
        catalog.check(draft)
        os.rename(draft, folder)
    kinds.admit(catalog.check(folder), models_dir)
    progress(1.0)
    return folder


def _draft(folder: Path) -> Path:
    return folder.parent / f".part-{folder.name}"


def _config(model: str, draft: Path) -> dict[str, Any]:
    """What a hub's repository says it is. Raises StudioError when it is no model that may be used."""
    _ask(model, ["config.json", "adapter_config.json"], draft)
    if (draft / "adapter_config.json").is_file():
        raise StudioError("engine.is_adapter", folder=model)
    if not (draft / "config.json").is_file():
        raise StudioError("engine.no_config", folder=model)
    return catalog.check_config(read_json(draft / "config.json"))


def _ask(model: str, patterns: list[str], folder: Path) -> None:
    """Tries the hubs in turn. Raises StudioError when none could give the files."""
    if public.offline():
        raise StudioError("engine.offline", model=model)
    answered = False
    for hub in hubs():
        try:
            return hub(model, patterns, folder)
        except NoSuchModel:
            answered = True
        except OSError:
            continue  # no network, or none to this hub: the next may answer
    raise StudioError("engine.no_such_model" if answered else "engine.no_network", model=model)


def hubs() -> list[Hub]:
    """In the order in which to ask them."""
    ways: dict[public.Hub, Hub] = {"hugging_face": hugging_face, "model_scope": model_scope}
    return [ways[name] for name in public.order()]


def hugging_face(model: str, patterns: list[str], folder: Path) -> None:
    """Raises NoSuchModel, or OSError when the network fails."""
    from httpx import HTTPError
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        snapshot_download(model, local_dir=folder, allow_patterns=patterns)
    except RepositoryNotFoundError as error:  # also what a private or gated model looks like from outside
        raise NoSuchModel from error
    except HTTPError as error:
        raise OSError(str(error)) from error


def model_scope(model: str, patterns: list[str], folder: Path) -> None:
    """Raises NoSuchModel, or OSError when the network fails."""
    from modelscope.hub.errors import HubError, NotExistError, PermissionDeniedError
    from modelscope.hub.snapshot_download import snapshot_download

    logging.getLogger("modelscope_hub").setLevel(logging.ERROR)  # its retries; what comes of them is said once
    try:
        snapshot_download(model, local_dir=str(folder), allow_patterns=patterns)
    except (NotExistError, PermissionDeniedError) as error:
        raise NoSuchModel from error
    except HubError as error:
        raise OSError(str(error)) from error
