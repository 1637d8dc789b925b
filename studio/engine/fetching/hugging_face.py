"""What Hugging Face, and mirrors that speak as it does, list of a model: each file with its size and sum.

Knows no network: the connection is given.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from studio.engine.fetching.remote import File, Gated, NoSuchModel, Remote, Unwell, sum_of

CONVERTER, OFFER = "SFconvertbot", "Adding `safetensors` variant of this model"


def listing(remote: Remote, model: str) -> list[File]:
    """The files of the newest revision, each bound to that revision; where it has none in safetensors, with those that
    the hub's own converter offers beside it. Raises as `Remote.json`."""
    files = _revision(remote, model, "main")
    if not any(file.path.endswith(".safetensors") for file in files) and (offered := _converted(remote, model)):
        known = {file.path for file in files}
        files += [file for file in _revision(remote, model, offered) if file.path not in known]
    return files


def _converted(remote: Remote, model: str) -> str:
    """The revision in which CONVERTER offers the same weights in safetensors, as transformers looks for it; "" without
    one."""
    try:
        told = remote.json(f"{remote.address}/api/models/{model}/discussions?author={CONVERTER}&type=pull_request")
        offers = [one for one in told["discussions"] if one["title"] == OFFER and one["author"]["name"] == CONVERTER]
        return f"refs/pr/{int(offers[0]['num'])}" if offers else ""
    except (NoSuchModel, Gated, Unwell, KeyError, TypeError, ValueError, AttributeError):
        return ""


def _revision(remote: Remote, model: str, revision: str) -> list[File]:
    told = remote.json(f"{remote.address}/api/models/{model}/revision/{quote(revision, safe='')}?blobs=true")
    try:
        place = f"{remote.address}/{model}/resolve/{quote(str(told.get('sha') or 'main'), safe='')}"
        return [_file(place, one) for one in told["siblings"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unwell("no list of files") from error


def _file(place: str, told: dict[str, Any]) -> File:
    """Large files have a SHA-256; of a small one only git's own sum is told."""
    path, large = str(told["rfilename"]), told.get("lfs") or {}
    url = f"{place}/{quote(path)}"
    if sha256 := sum_of(large.get("sha256")):
        return File(path, url, int(large.get("size") or told["size"]), sha256)
    return File(path, url, int(told["size"]), sum_of(told.get("blobId")), "git")
