"""One widget per setting of RunConfig: adding a field there adds it here, with its words and its limits.

Knows no tab and no run.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components import Component

from studio.config import Knob, RunConfig
from studio.methods import only_for
from studio.ui.kit.i18n import t
from studio.words import LANGS, Lang, say

FEW = 4  # choices that are all in sight; more are a list to open
Form = dict[str, Any]  # field name → widget, ready for `inputs_kwargs=`


def knob_words(config: type[RunConfig]) -> dict[Lang, dict[str, str]]:
    """Label and help of every setting, by the keys that the widgets use."""
    words: dict[Lang, dict[str, str]] = {}
    for lang in LANGS:
        words[lang] = {}
        for name, knob in config.knobs().items():
            words[lang][f"knob.{name}"] = _label(name, knob, lang)
            words[lang][f"knob.{name}_help"] = say(f"knobs.{name}_help", lang)
    return words


def _label(name: str, knob: Knob, lang: Lang) -> str:
    """The shop's word first, the engineer's beside it where it is another."""
    engineers = say(f"knobs.{name}", "en") if lang == "zh" else ""
    unit = say(f"knobs.unit_{knob.unit}", lang) if knob.unit else ""
    beside = [word for word in (engineers, unit) if word]
    return say(f"knobs.{name}", lang) + (f" ({', '.join(beside)})" if beside else "")


def build_form(config: type[RunConfig], names: list[str]) -> Form:
    """Widgets for `names`, in that order, each with the default of its field."""
    return {name: _widget(config, name) for name in names}


def belongs(name: str, method: str) -> bool:
    """Whether a setting is shown for a method."""
    return not (of := only_for(name)) or method in of


def _widget(config: type[RunConfig], name: str) -> Component:
    default = config.model_fields[name].default
    shown: dict[str, Any] = {
        "value": default, "label": t(f"knob.{name}"), "info": t(f"knob.{name}_help"), "elem_id": f"knob-{name}",
        "interactive": True,
        "visible": belongs(name, config.model_fields["method"].default) and not config.knobs()[name].trait,
    }  # fmt: skip
    choices = config.choices(name)
    if choices:
        named = [(t(f"model_tab.{name}_{choice}"), choice) for choice in choices]
        return gr.Radio(named, **shown) if len(choices) <= FEW else gr.Dropdown(named, filterable=False, **shown)
    if isinstance(default, bool):
        return gr.Checkbox(**shown)
    if isinstance(default, (int, float)):
        return gr.Number(precision=0 if isinstance(default, int) else None, **shown)
    return gr.Textbox(**shown)
