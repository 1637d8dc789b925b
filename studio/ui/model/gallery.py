"""The base models to choose from, as cards: what each is for, what it takes here, and its download in sight.

Knows no layout and no hub: `gallery.js` shows what these functions return.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr

from studio import hubs
from studio.choosing import Choice
from studio.config import STARTER
from studio.contract import Machine, ModelCard, Source
from studio.downloads import Seen
from studio.errors import StudioError
from studio.gallery import PATIENCE
from studio.plan import duration
from studio.ui.kit.assets import read, script
from studio.ui.kit.page import Page, served
from studio.ui.kit.units import weight
from studio.ui.model.stored import delete_model, stored_models

if TYPE_CHECKING:
    from studio.studio import Studio

GIB = 2**30


def gallery(studio: Studio) -> gr.HTML:
    """Its value is the model that is chosen, and `dataset` the one for which it is to be."""
    handlers = (gallery_cards, fetch_model, stop_fetch, fetches, stored_models, delete_model)
    return gr.HTML(
        value=STARTER, html_template=read("model/gallery.html"), js_on_load=script("model/gallery.js"),
        elem_id="knob-model", dataset="", looked=0.0,
        server_functions=[served(studio, handler) for handler in handlers],
    )  # fmt: skip


def looked_anew() -> gr.HTML:
    """The gallery asks for its cards once more, and keeps what is chosen."""
    return gr.HTML(looked=time.time())


def gallery_cards(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The models for a dataset; where it cannot teach anything yet, all of them without what they would take."""
    try:
        choices = page.studio.choosing.choices(asked["dataset"] or None)
    except StudioError:  # which the plan beside it says
        choices = page.studio.choosing.choices(None)
    machine = page.studio.machine()
    return {
        "cards": [_card(page, one, machine) for one in choices],
        "hubs": [["", page.say("gallery.any_hub")], *([hub, hubs.NAMES[hub]] for hub in get_args(hubs.Hub))],
    }


def fetch_model(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Begins a download, or goes on with it. Raises StudioError engine.not_an_id."""
    model = str(asked["model"]).strip()
    if not hubs.is_id(model):
        raise StudioError("engine.not_an_id", model=model[:80])
    hub = next((known for known in get_args(hubs.Hub) if known == asked["hub"]), None)
    page.studio.downloads.start(model, Source(hub, str(asked["token"]).strip()))
    return fetches(page, {})


def stop_fetch(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    page.studio.downloads.stop(str(asked["model"]))
    return fetches(page, {})


def fetches(page: Page, asked: Mapping[str, Any]) -> dict[str, Any]:
    """How far the downloads are."""
    return {"downloads": {model: _download(page, one) for model, one in page.studio.downloads.seen().items()}}


def name_of(page: Page, card: ModelCard) -> str:
    """A model in a list: the last part of its name."""
    if card.source == "starter":
        return page.say("gallery.starter")
    return card.id.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _card(page: Page, one: Choice, machine: Machine) -> dict[str, Any]:
    card, row = one.card, one.known
    own = "gguf" if one.packed else "own"
    about = "starter" if card.source == "starter" else row.about if row else own
    size = weight(card.size_gib * GIB) if card.size_gib else ""
    facts = [_languages(page, one), size, row.licence if row else ""]
    if row and row.gated and not one.here:
        facts.append(page.say("gallery.gated"))
    return {
        "id": card.id,
        "name": name_of(page, card) if row or card.source != "hub" else card.id,
        "about": page.say(f"gallery.about_{about}"),
        "facts": " · ".join(fact for fact in facts if fact),
        "size": size,
        "fit": _fit(one),
        "fits": _fits(page, one, machine),
        "recommended": _reason(page, one) if one.recommended else "",
        "here": one.here,
        "download": _download(page, one.download) if one.download else None,
    }


def _languages(page: Page, one: Choice) -> str:
    spoken = ("zh", "en") if one.card.source == "starter" else one.known.languages if one.known else ()
    return page.say("gallery.and").join(page.say(f"gallery.language_{language}") for language in spoken)


def _fit(one: Choice) -> str:
    if one.estimate is None:
        return ""
    doubtful = one.estimate.fit == "fits" and (one.estimate.seconds > PATIENCE or not one.reads)
    return "tight" if doubtful else one.estimate.fit


def _fits(page: Page, one: Choice, machine: Machine) -> str:
    """Whether it runs here, how long it would take, and why not."""
    if (estimate := one.estimate) is None:
        return ""
    key = "slow" if estimate.fit == "fits" and estimate.seconds > PATIENCE else estimate.fit
    said = page.say(
        f"gallery.fit_{key}",
        time=duration(estimate.seconds, page.lang),
        need=f"{estimate.memory_gib:.1f}",
        free=f"{machine.free_gib:.1f}",
        memory=page.say(f"gallery.memory_{machine.device}"),
    )
    said += page.say("gallery.four_bits") if one.in_four_bits else ""
    return said if one.reads else page.say("gallery.other_language") + said


def _reason(page: Page, one: Choice) -> str:
    if one.card.source == "starter":
        return page.say("gallery.reason_starter")
    return page.say("gallery.reason")


def _download(page: Page, one: Seen) -> dict[str, Any]:
    """What is said of it, in bytes; `share` None while nobody knows how much there is, `asks` where a token is
    wanted."""
    done, total = weight(one.done), weight(one.total)
    words = page.say("gallery.asking") if one.state == "running" and not one.total else f"{done} / {total}"
    if one.speed:
        words += f" · {weight(one.speed)}/s"
    if one.left is not None:
        words += " · " + page.say("gallery.left", time=duration(one.left, page.lang))
    if one.state == "stopped":
        words = page.say("gallery.stopped", done=done) if one.done else ""
    return {
        "state": one.state,
        "share": one.done / one.total if one.total else None,
        "words": one.why.say(page.lang) if one.why else words,
        "asks": one.why is not None and one.why.key in ("engine.gated", "engine.token_refused"),
    }
