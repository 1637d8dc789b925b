"""Models from elsewhere: which hub to ask first, what to fetch of a repository, and what to say when it fails.

Knows no weights in memory. Fetches nothing that could run: safetensors, JSON and text only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from httpx import HTTPError

from studio import commit
from studio import hubs as public
from studio.contract import ModelCard, OnDisk, Progress, Source, Told, Unready, no_progress
from studio.engine import catalog, gguf, kinds
from studio.engine.fetching import LISTINGS
from studio.engine.fetching.download import DONE, BrokenOff, Download, WrongSum
from studio.engine.fetching.remote import File, Gated, NoSuchModel, Remote, Unwell
from studio.engine.folder import READ, read_json
from studio.errors import StudioError
from studio.removal import bytes_of, discard
from studio.workspace import GIB, in_words, need_space

PLAIN = re.compile(r"(additional_chat_templates/)?[A-Za-z0-9][\w.+-]{0,120}", re.ASCII)  # no other leaves its folder
INDEX, WEIGHTS = "model.safetensors.index.json", "model.safetensors"
PART = ".part-"  # begins the name of a folder that is no model yet
ANYWHERE = Source()
LACKS = ("engine.no_safetensors", "engine.no_config")  # of a hub's copy, where another hub's may be better
Taken = TypeVar("Taken")


def model_card(model: str, models_dir: Path) -> ModelCard:
    """The card of a model that is here, or whose config.json a hub could be asked for.

    Raises StudioError: engine.no_such_model, engine.no_network, or as `catalog.check` and
    `kinds.admit` and `gguf.turn` do.
    """
    folder = _turned(model, models_dir)
    if folder.is_dir() or catalog.source_of(model) != "hub":
        kinds.admit(catalog.check(folder), models_dir)
        return catalog.card(model, folder)
    draft = _draft(folder)

    def look(remote: Remote, files: list[File]) -> dict[str, Any]:
        return _config(model, remote, files, draft)

    config = _of_a_hub(model, ANYWHERE, look)
    kinds.admit(config, models_dir)
    return catalog.card_from_config(model, config)


def fetch(model: str, models_dir: Path, progress: Progress = no_progress) -> Path:
    """The model's folder, fetched from a hub when it is not here yet. Raises StudioError as `download` does."""
    folder = download(model, models_dir, ANYWHERE, lambda done, total: progress(done / total if total else 0.0))
    progress(1.0)
    return folder


def download(model: str, models_dir: Path, source: Source, told: Told) -> Path:
    """The model's folder, fetched from `source` when it is not here yet.

    An interrupted download goes on where it stopped; the folder gets its name only once it is whole and checked.
    Raises StudioError as `model_card` does, engine.gated, engine.already_fetching, engine.broken_off,
    engine.fetched_wrong, engine.no_safetensors, engine.disk_full, workspace.no_room, and what `told` raises.
    """
    folder = _turned(model, models_dir)
    if catalog.source_of(model) == "hub" and not folder.is_dir():
        with _alone(model, folder):

            def take(remote: Remote, files: list[File]) -> None:
                _fetch(model, remote, files, _draft(folder), told)

            try:
                _of_a_hub(model, source, take)
                _put(_draft(folder), folder)
            except OSError as error:
                raise in_words(error, models_dir) or error from error
    kinds.admit(catalog.check(folder), models_dir)
    return folder


def unready(models_dir: Path) -> Unready:
    """What lies in the folder of models and is none yet."""
    partly = {}
    for draft in models_dir.glob(f"{PART}*--*"):
        sizes = [path.stat().st_size for path in draft.iterdir() if path.suffix in (".part", ".safetensors")]
        if sizes:
            partly[draft.name.removeprefix(PART).replace("--", "/", 1)] = sum(sizes)
    files = [*models_dir.glob("[!.]*.gguf"), *models_dir.glob("[!.]*/[!.]*.gguf")]
    packed = {str(path): path.stat().st_size for path in sorted(files) if not gguf.made(path.resolve(), models_dir)}
    return Unready(partly, packed)


def stored(models_dir: Path) -> list[OnDisk]:
    """The models of hubs that were fetched, whole or in part; of a link nothing but itself is counted."""
    found: dict[str, OnDisk] = {}
    for path in sorted(models_dir.glob("*--*")):
        part = path.name.startswith(PART)
        model = path.name.removeprefix(PART).replace("--", "/", 1)
        if public.is_id(model) and (part or not path.name.startswith(".")):
            before = found.get(model, OnDisk(model, 0, whole=False))
            found[model] = OnDisk(model, before.bytes + bytes_of(path), before.whole or not part)
    return list(found.values())


def remove(model: str, models_dir: Path) -> None:
    """Takes one of `stored` from the disk, and nothing that a link leads to. Raises StudioError engine.not_stored,
    engine.already_fetching, engine.not_removed."""
    if model not in {one.model for one in stored(models_dir)}:
        raise StudioError("engine.not_stored", model=model[:80])
    folder = catalog.folder_of(model, models_dir)
    with _alone(model, folder):
        for path in (folder, _draft(folder)):
            discard(path)
            if os.path.lexists(path):
                raise StudioError("engine.not_removed", model=model)


def _turned(model: str, models_dir: Path) -> Path:
    """The model's folder; that of a GGUF file is made where it is not there. Raises StudioError as `gguf.turn`."""
    if gguf.is_one(model):
        gguf.turn(Path(model).expanduser().resolve(), models_dir)
    return catalog.folder_of(model, models_dir)


def _draft(folder: Path) -> Path:
    return folder.parent / f"{PART}{folder.name}"


@contextmanager
def _alone(model: str, folder: Path) -> Iterator[None]:
    """Across threads and processes. Raises StudioError engine.already_fetching."""
    lock = FileLock(folder.parent / f".lock-{folder.name}", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StudioError("engine.already_fetching", model=model) from error
    try:
        yield
    finally:
        lock.release()


def _of_a_hub(model: str, source: Source, take: Callable[[Remote, list[File]], Taken]) -> Taken:
    """What `take` makes of the files that a hub lists, asked in turn. Raises StudioError when none could give them."""
    if public.offline():
        raise StudioError("engine.offline", model=model)
    asked = [source.hub] if source.hub else public.order()
    names = "、".join(public.NAMES[hub] for hub in asked)
    refusal = StudioError("engine.no_network", model=model, hubs=names)
    for hub in public.answering(asked):
        remote = Remote(hub, source.token or os.environ.get(public.TOKENS.get(hub, ""), ""))
        try:
            return take(remote, LISTINGS[hub](remote, model))
        except HTTPError:
            continue  # the network failed since it answered: the next may do better
        except (NoSuchModel, Gated, Unwell, BrokenOff, WrongSum) as error:
            refusal = _worse(refusal, _said(error, model, remote, names))
        except StudioError as error:
            if error.key not in LACKS:
                raise
            refusal = _worse(refusal, error)  # another hub may have it in safetensors
    raise refusal


def _said(error: Exception, model: str, remote: Remote, names: str) -> StudioError:
    """What a hub's refusal is in words."""
    if isinstance(error, NoSuchModel):
        return StudioError("engine.no_such_model", model=model, hubs=names)
    if isinstance(error, Gated):
        key = "engine.token_refused" if remote.token else "engine.gated"
        return StudioError(key, model=model, hub=remote.name, address=f"{remote.address}/{model}")
    if isinstance(error, BrokenOff):
        return StudioError("engine.broken_off", model=model, hub=remote.name, problem=str(error))
    if isinstance(error, WrongSum):
        return StudioError("engine.fetched_wrong", file=str(error), hub=remote.name)
    return StudioError("engine.hub_unwell", hub=remote.name, problem=str(error))


def _worse(known: StudioError, other: StudioError) -> StudioError:
    """That a hub has it, but not so or not for everyone, is worth more than that another has it not."""
    return other if known.key == "engine.no_network" or other.key != "engine.no_such_model" else known


def _config(model: str, remote: Remote, files: Sequence[File], draft: Path) -> dict[str, Any]:
    """What a hub's repository says it is. Raises StudioError when it is no model that may be used."""
    names = {file.path: file for file in files}
    if "adapter_config.json" in names:
        raise StudioError("engine.is_adapter", folder=model)
    if "config.json" not in names:
        raise StudioError("engine.no_config", folder=model)
    Download(remote, draft, [names["config.json"]], _unheard).run()
    return catalog.check_config(read_json(draft / "config.json"))


def _fetch(model: str, remote: Remote, files: Sequence[File], draft: Path, told: Told) -> None:
    told(0, 0)
    kinds.admit(_config(model, remote, files, draft), draft.parent)
    small = [file for file in files if PLAIN.fullmatch(file.path) and file.path.endswith(READ)]
    wanted = [*small, *_weights(model, remote, files, draft)]
    here = Download(remote, draft, wanted, told)
    need_space(draft, sum(file.size for file in wanted) / GIB - here.before() / GIB)
    here.run()


def _weights(model: str, remote: Remote, files: Sequence[File], draft: Path) -> list[File]:
    """The safetensors that hold the model, and no others. Raises StudioError engine.no_safetensors."""
    named = {file.path: file for file in files if PLAIN.fullmatch(file.path)}
    wanted = [WEIGHTS]
    if INDEX in named:
        Download(remote, draft, [named[INDEX]], _unheard).run()
        parts = read_json(draft / INDEX)
        parts = parts.get("weight_map") if isinstance(parts, dict) else None
        wanted = sorted(set(map(str, parts.values()))) if isinstance(parts, dict) else [WEIGHTS]
    missing = [name for name in wanted if name not in named or not name.endswith(".safetensors")]
    if missing:
        raise StudioError("engine.no_safetensors", folder=model, missing="、".join(missing[:3]))
    return [named[name] for name in wanted]


def _unheard(done: int, total: int) -> None:
    """Of a file that is not yet what was asked for."""


def _put(draft: Path, folder: Path) -> None:
    catalog.check(draft)
    for rest in (draft / DONE, *draft.glob(".*.part")):
        rest.unlink(missing_ok=True)
    commit.fsync(draft)
    os.rename(draft, folder)
    commit.fsync(folder.parent)
