"""Questions and answers drafted from the handbook at hand: each with its passage, ticked, made a dataset.

Knows no rule of drafting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio.errors import StudioError
from studio.handbook.cutting import Passage
from studio.handbook.drafts import Draft, drafts
from studio.runs import Run
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import node, panel
from studio.ui.kit.page import QUIET, Page, on, tell

if TYPE_CHECKING:
    from studio.studio import Studio

MOST = 120  # drafts that are shown
LONGEST = 80  # characters of a passage beside its draft


@dataclass(frozen=True)
class Drafting:
    fold: gr.Accordion
    write: gr.Button
    none: gr.HTML  # that nothing could be drafted
    ticks: gr.CheckboxGroup
    make: gr.Button

    @property
    def shown(self) -> list[Any]:
        return [self.fold, self.none, self.ticks, self.make]


def build() -> Drafting:
    with gr.Accordion(t("handbook.drafts"), open=False, visible=False, elem_id="drafts") as fold:
        gr.Markdown(t("handbook.drafts_help"), elem_classes="soft")
        write = gr.Button(t("handbook.write_drafts"), elem_id="drafts-write")
        none = panel("drafts-none")
        ticks = gr.CheckboxGroup([], visible=False, interactive=True, elem_id="drafts-ticks")
        make = gr.Button(t("handbook.make_data"), variant="primary", visible=False, elem_id="drafts-make")
    return Drafting(fold, write, none, ticks, make)


def wire(drafting: Drafting, studio: Studio, run: gr.Dropdown) -> None:
    written = [drafting.none, drafting.ticks, drafting.make]
    drafting.write.click(on(studio, write), run, written, **QUIET)


def show(page: Page, run: Run | None) -> tuple[Any, ...]:
    """Nothing without a handbook; of another one than before nothing is drafted yet."""
    beside = page.studio.looking_up.beside(run.id) if run is not None else None
    return gr.Accordion(visible=beside is not None), None, gr.CheckboxGroup(visible=False), gr.Button(visible=False)


def reshow(page: Page, run: str | None) -> tuple[Any, ...]:
    return show(page, page.studio.run(run) if run else None)


def write(page: Page, run: str) -> tuple[Any, ...]:
    """What can be copied out of the handbook, all of it ticked."""
    passages, found = _drafted(page, run)
    if not found:
        none = [node("p", page.say("handbook.no_drafts"), cls="soft")]
        return none, gr.CheckboxGroup(visible=False), gr.Button(visible=False)
    told = {one.number: one for one in passages}
    choices = [(_label(page, one, told[one.passage]), str(at)) for at, one in enumerate(found)]
    label = page.say("handbook.tick", count=len(found))
    ticks = gr.CheckboxGroup(choices=choices, value=[at for _, at in choices], label=label, visible=True)
    return None, ticks, gr.Button(visible=True)


def made(page: Page, run: str, ticked: Sequence[str]) -> str:
    """A new dataset of the drafts that are ticked; its id. Raises StudioError handbook.nothing_ticked."""
    _, found = _drafted(page, run)
    beside = page.studio.looking_up.beside(run)
    chosen = [found[int(at)] for at in sorted(ticked, key=int) if int(at) < len(found)]
    if not chosen or beside is None:
        raise StudioError("handbook.nothing_ticked")
    name = page.say("handbook.data_name", name=beside.name)
    dataset = page.studio.data.add_rows(name, "chat", [(one.question, one.answer) for one in chosen]).id
    tell(page, "handbook.data_made", name=name, count=len(chosen))
    return dataset


def _drafted(page: Page, run: str) -> tuple[Sequence[Passage], list[Draft]]:
    beside = page.studio.looking_up.beside(run)
    passages = page.studio.looking_up.shelf.passages(beside.id) if beside else []
    return passages, drafts(passages)[:MOST]


def _label(page: Page, draft: Draft, passage: Passage) -> str:
    said = page.say("handbook.draft", question=draft.question, answer=" ".join(draft.answer.split()))
    text = " ".join(passage.told.split())
    return (
        f"{said}\n{page.say('handbook.from_passage')} [{passage.number}] {text[:LONGEST]}{'…' * (len(text) > LONGEST)}"
    )
