"""The public hubs: what their ids look like, which is asked first, and which of them answers at all.

Knows no model and no data set.
"""

from __future__ import annotations

import locale
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

Hub = Literal["hugging_face", "hf_mirror", "model_scope"]
ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
NAMES: dict[Hub, str] = {"hugging_face": "Hugging Face", "hf_mirror": "hf-mirror.com", "model_scope": "ModelScope"}
ADDRESSES: Mapping[Hub, Callable[[], str]] = {  # or the mirror that was named in its place
    "hugging_face": lambda: (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/"),
    "hf_mirror": lambda: "https://hf-mirror.com",
    "model_scope": lambda: _model_scope(os.environ.get("MODELSCOPE_DOMAIN") or "www.modelscope.cn"),
}
TOKENS: Mapping[Hub, str] = {  # where the owner of this machine may have put a token; a mirror gets none unasked
    "hugging_face": "HF_TOKEN",
    "model_scope": "MODELSCOPE_API_TOKEN",
}
WITHIN = 4.0  # seconds in which a hub must answer to be there


def is_id(text: str) -> bool:
    """Whether a hub could have something of this name. Such a name has no way out of a folder."""
    return bool(ID.fullmatch(text)) and ".." not in text


def offline() -> bool:
    """Whether the owner of this machine forbids to ask any hub."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def _model_scope(domain: str) -> str:
    return domain.rstrip("/") if "://" in domain else f"https://{domain}"


def order() -> list[Hub]:
    """ModelScope and the mirror first where Hugging Face is out of reach for most: a Chinese computer on China's
    time."""
    if os.environ.get("HF_ENDPOINT"):
        return ["hugging_face", "model_scope"]
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    chinese = language.lower().startswith(("zh_cn", "chinese")) or time.timezone == -8 * 3600
    return ["model_scope", "hf_mirror", "hugging_face"] if chinese else ["hugging_face", "model_scope"]


def answering(asked: Sequence[Hub] = ()) -> list[Hub]:
    """Those of the hubs `asked`, else of all, that answer, in the order in which to ask them; known WITHIN seconds,
    whatever the network does."""
    found: set[Hub] = set()
    asked = asked or order()
    threads = [threading.Thread(target=_knock, args=(hub, found), daemon=True) for hub in asked]
    until = time.monotonic() + WITHIN
    for thread in threads:
        thread.start()
    for thread in threads:  # one that hangs in the search for a name is left behind
        thread.join(max(0.0, until - time.monotonic()))
    return [hub for hub in asked if hub in found]


def _knock(hub: Hub, found: set[Hub]) -> None:
    import httpx

    try:
        httpx.head(ADDRESSES[hub](), timeout=WITHIN - 1)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return
    found.add(hub)
