"""The form is RunConfig: one widget per setting, and its defaults are the defaults."""

from __future__ import annotations

import gradio as gr

from studio.config import RunConfig
from studio.methods import METHODS, only_for
from studio.studio import Studio
from studio.ui.kit.form import build_form, knob_words
from studio.ui.model import tab as model_tab
from studio.words import LANGS

GIVEN = {"task": "chat", "dataset": "data-1234", "dataset_version": 1}


def test_every_setting_has_a_widget_whose_default_gives_the_config_back() -> None:
    with gr.Blocks():
        form = build_form(RunConfig, list(RunConfig.knobs()))
    assert list(form) == list(RunConfig.knobs())
    assert RunConfig.of({**GIVEN, **{name: widget.value for name, widget in form.items()}}) == RunConfig.of(GIVEN)


def test_the_model_tab_shows_every_setting_and_starts_with_all_of_them(studio: Studio) -> None:
    with gr.Blocks():
        tab = model_tab.build(studio, gr.Dropdown([]))
    assert list(tab.form) == list(RunConfig.knobs())
    assert RunConfig.of({**GIVEN, **{name: widget.value for name, widget in tab.form.items()}}) == RunConfig.of(GIVEN)
    assert tab.inputs.keys() == {"config", *RunConfig.knobs()}


def test_every_setting_has_a_label_and_a_help_in_both_languages() -> None:
    words = knob_words(RunConfig)
    for lang in LANGS:
        for name in RunConfig.knobs():
            assert words[lang][f"knob.{name}"]
            assert words[lang][f"knob.{name}_help"]
    assert words["zh"]["knob.epochs"] == "学习遍数 (Epochs, 遍)"
    assert words["en"]["knob.epochs"] == "Epochs (passes)"


def test_only_what_belongs_to_the_method_is_shown() -> None:
    with gr.Blocks():
        form = build_form(RunConfig, list(RunConfig.knobs()))
    shown = {name for name, widget in form.items() if widget.visible}
    own = {name for name in form if not only_for(name) or name in METHODS["lora"].knobs}
    assert shown == {name for name in own if not RunConfig.knobs()[name].trait}
    assert form["dora"].visible and not form["layers"].visible and isinstance(form["dora"], gr.Checkbox)
