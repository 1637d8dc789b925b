"""The ways to a dataset: files, pasted text, a public data set, an example, the identity wizard.

Knows nothing of what is done with a dataset once it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr

from studio.data.intake import identity
from studio.data.intake.samples import SAMPLES
from studio.data.reading.public import Wanted
from studio.errors import StudioError
from studio.tasks import Task
from studio.ui.kit.i18n import t
from studio.ui.kit.nodes import Node, icon, node, panel
from studio.ui.kit.page import QUIET, Page, on

if TYPE_CHECKING:
    from studio.studio import Studio

WISHES: dict[str, Task] = {name: name for name in get_args(Task)}  # any other wish: find out
FILE_TYPES = [
    ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".html", ".htm", ".xml",
    ".csv", ".tsv", ".json", ".jsonl", ".parquet", ".txt", ".yml", ".yaml",
]  # fmt: skip
TEXTS_ALONE = "data.one_column"
TO_LABEL: Task = "classify"  # what texts are for that somebody is to label
LONGEST_NAME = 40
LONGEST_PUBLIC = 200
LONGEST_PASTE = 2_000_000  # characters; more than that is a file


@dataclass(frozen=True)
class Paste:
    text: gr.Textbox
    refusal: gr.HTML
    label: gr.Button
    button: gr.Button


@dataclass(frozen=True)
class Public:
    id: gr.Textbox
    config: gr.Textbox
    split: gr.Textbox
    refusal: gr.HTML
    button: gr.Button


@dataclass(frozen=True)
class Adding:
    column: gr.Column
    back: gr.Button
    task: gr.Radio
    file: gr.File
    refusal: gr.HTML  # why the last file could not be read
    encoding: gr.Radio  # which reading of a doubtful file makes sense
    label: gr.Button  # takes a file of texts alone, to be labelled
    paste: Paste
    public: Public
    samples: dict[str, gr.Button]
    owner: gr.Textbox
    maker: gr.Textbox
    wizard: gr.Button


def build() -> Adding:
    with gr.Column(elem_id="adding", visible=False) as column:  # until it is known whether there is a dataset
        with gr.Row(elem_classes="bar-row"):
            gr.Markdown(t("data_tab.welcome"), elem_classes="welcome")
            back = gr.Button(t("data_tab.back"), elem_id="back", visible=False, scale=0)
        with gr.Row(elem_classes="ways"):
            with gr.Column(scale=3, min_width=300, elem_classes="way"):
                file = gr.File(
                    label=t("data_tab.drop"), file_types=FILE_TYPES, file_count="multiple", height=190, elem_id="upload"
                )
                refusal = panel("refusal")
                encoding = gr.Radio([], label=t("import.which_encoding"), visible=False, elem_id="which-encoding")
                label = gr.Button(t("import.label_here"), visible=False, variant="primary", elem_id="label-here")
                gr.Markdown(t("data_tab.drop_help"), elem_classes="soft")
                wishes = [(t(f"data_tab.want_{wish}"), wish) for wish in ("auto", *WISHES)]
                task = gr.Radio(wishes, value="auto", label=t("data_tab.want"), elem_id="want")
                paste, public = _build_paste(), _build_public()
            with gr.Column(scale=2, min_width=280):
                samples = _build_samples()
                with gr.Column(elem_classes="way"):
                    gr.Markdown(t("data_tab.wizard_help"))
                    with gr.Row():
                        owner, maker = name_box("owner"), name_box("maker")
                    wizard = gr.Button(t("data_tab.wizard"), elem_id="wizard")
    return Adding(column, back, task, file, refusal, encoding, label, paste, public, samples, owner, maker, wizard)


def _build_paste() -> Paste:
    with gr.Accordion(t("import.paste"), open=False, elem_id="paste"):
        text = gr.Textbox(
            label=t("import.paste_here"), info=t("import.paste_help"), placeholder=t("import.paste_example"), lines=6,
            max_lines=12, max_length=LONGEST_PASTE, elem_id="paste-text",
        )  # fmt: skip
        refusal = panel("paste-refusal")
        label = gr.Button(t("import.label_here"), visible=False, variant="primary", elem_id="paste-label-here")
        button = gr.Button(t("import.paste_read"), elem_id="paste-read")
    return Paste(text, refusal, label, button)


def _build_public() -> Public:
    with gr.Accordion(t("public.title"), open=False, elem_id="public"):
        id_ = gr.Textbox(
            label=t("public.id"), info=t("public.id_help"), placeholder=t("public.id_example"),
            max_length=LONGEST_PUBLIC, elem_id="public-id",
        )  # fmt: skip
        with gr.Row():
            config, split = (
                gr.Textbox(label=t(f"public.{name}"), max_length=LONGEST_PUBLIC, elem_id=f"public-{name}")
                for name in ("config", "split")
            )
        refusal = panel("public-refusal")
        button = gr.Button(t("public.get"), elem_id="public-get")
    return Public(id_, config, split, refusal, button)


def _build_samples() -> dict[str, gr.Button]:
    with gr.Column(elem_classes="way"):
        gr.Markdown(t("data_tab.samples"))
        return {
            sample.id: gr.Button(
                t(f"data_tab.sample_{sample.id}"), elem_classes="sample", elem_id=f"sample-{sample.id}"
            )
            for sample in SAMPLES
            if sample.path
        }


def name_box(whose: str, elem_id: str | None = None) -> gr.Textbox:
    """A place for the assistant's name (`owner`) or its maker's."""
    return gr.Textbox(
        label=t(f"data_tab.{whose}"), placeholder=t(f"data_tab.{whose}_example"), max_length=LONGEST_NAME,
        elem_id=elem_id or whose,
    )  # fmt: skip


def wire(tab: Adding, studio: Studio, dataset: gr.Dropdown) -> None:
    """Whatever is added is then chosen in `dataset`."""
    read, to_label = [tab.file, tab.refusal, tab.encoding, tab.label, dataset], gr.State(TO_LABEL)
    for begin, given in (
        (tab.file.upload, [tab.file, tab.task]),
        (tab.file.clear, [tab.file, tab.task]),
        (tab.encoding.input, [tab.file, tab.task, tab.encoding]),
        (tab.label.click, [tab.file, to_label, tab.encoding]),
    ):
        begun = begin(on(studio, reading), None, tab.refusal, **QUIET)
        begun.then(on(studio, add_files), given, read, **QUIET)
    paste = tab.paste
    for button, task in ((paste.button, tab.task), (paste.label, to_label)):
        pasted = [paste.text, paste.refusal, paste.label, dataset]
        button.click(on(studio, add_paste), [paste.text, task], pasted, **QUIET)
    public = tab.public
    public.button.click(
        on(studio, add_public), [public.id, public.config, public.split, tab.task],
        [public.id, public.refusal, dataset], show_progress="full", show_progress_on=public.button,
        api_visibility="private",
    )  # fmt: skip
    for name, button in tab.samples.items():
        button.click(on(studio, add_sample), gr.State(name), dataset, **QUIET)
    tab.wizard.click(on(studio, add_identity), [tab.owner, tab.maker], dataset, **QUIET)


def choose(page: Page, dataset: str | None) -> Any:
    """The list of datasets with `dataset` selected, or the newest; out of sight while there is none."""
    listed = _listed(page)
    ids = [known for _, known in listed]
    chosen = dataset if dataset in ids else (ids[0] if ids else None)
    return gr.Dropdown(choices=listed, value=chosen, visible=bool(listed) or "hidden")


def keep_count(studio: Studio, dataset: gr.Dropdown, *sources: gr.HTML) -> None:
    """Counts the rows of the list anew whenever rows were edited in one of the `sources`."""
    for source in sources:
        source.edited(on(studio, counted_anew), None, dataset, **QUIET)


def counted_anew(page: Page) -> Any:
    """The same list, after rows were added or removed."""
    return gr.Dropdown(choices=_listed(page))


def _listed(page: Page) -> list[tuple[str, str]]:
    """Each dataset with its rows as they are now, whatever the file had."""
    count = page.studio.data.progress
    known = page.studio.data.list()
    return [(page.say("data_tab.listed", name=one.name, rows=f"{count(one.id)[1]:,}"), one.id) for one in known]


def reading(page: Page) -> list[Node]:
    """What stands there while a file is read."""
    return [node("p", page.say("import.reading"), cls="soft", role="status")]


def add_files(page: Page, files: list[str] | None, task: str, encoding: str | None = None) -> Any:
    """A new dataset from uploaded files; when they cannot be read, why, beside the place for the next try.

    Where the encoding is in doubt, or nothing but texts is there, the files stay, and a person chooses among the
    readings, or takes them to be labelled.
    """
    chosen, no_button = gr.Radio(value=encoding, visible=False), gr.Button(visible=False)
    if not files:  # they were taken away before the question was answered
        return None, None, chosen, no_button, gr.skip()
    try:
        added = page.studio.data.add([Path(file) for file in files], task=WISHES.get(task), encoding=encoding)
    except StudioError as error:
        if error.key == "data.which_encoding":
            asked = [(f"{preview}（{name}）", name) for name, preview in error.details["candidates"]]
            why = page.say("import.encoding_in_doubt", file=error.details["file"])
            return gr.skip(), refused(why), gr.Radio(asked, value=None, visible=True), no_button, gr.skip()
        if error.key == TEXTS_ALONE:
            why = page.say("import.texts_alone", column=error.details["column"])
            return gr.skip(), texts_alone(why), chosen, gr.Button(visible=True), gr.skip()
        return None, refused(error.say(page.lang)), chosen, no_button, gr.skip()
    return None, None, chosen, no_button, choose(page, added.id)


def refused(sentence: str) -> list[Node]:
    return [node("p", icon("warn"), sentence, cls="refusal", role="alert")]


def texts_alone(asked: str) -> list[Node]:
    """What is asked where there is one column and nothing to learn of it: no fault, for it can be labelled here."""
    return [node("p", icon("pen"), asked, cls="refusal asked", role="status")]


def add_paste(page: Page, text: str, task: str) -> Any:
    """A new dataset from text out of a table, a chat or a list, read like a file; the text stays when it cannot be."""
    no_button = gr.Button(visible=False)
    if not text.strip():
        return gr.skip(), refused(page.say("import.nothing_pasted")), no_button, gr.skip()
    name = page.say("import.pasted")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.txt"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            added = page.studio.data.add(path, name=name, task=WISHES.get(task))
        except StudioError as error:
            if error.key == TEXTS_ALONE:
                return gr.skip(), texts_alone(page.say("import.lines_alone")), gr.Button(visible=True), gr.skip()
            return gr.skip(), refused(error.say(page.lang)), no_button, gr.skip()
    return "", None, no_button, choose(page, added.id)


def add_public(page: Page, name: str, config: str, split: str, task: str) -> Any:
    """A new dataset from one of a public hub; the name stays when it cannot be had."""
    try:
        added = page.studio.data.add_public(Wanted(name.strip(), config.strip(), split.strip()), WISHES.get(task))
    except StudioError as error:
        return gr.skip(), refused(error.say(page.lang)), gr.skip()
    return "", None, choose(page, added.id)


def add_sample(page: Page, name: str) -> Any:
    path = next(sample.path for sample in SAMPLES if sample.id == name)
    assert path is not None, "only examples that are there have a button"
    return choose(page, page.studio.data.add(path, name=page.say(f"data_tab.called_{name}")).id)


def add_identity(page: Page, name: str, maker: str) -> Any:
    """Questions and answers about who the assistant is. Raises StudioError when a name is missing."""
    name, maker = both_names(name, maker)
    pairs = identity.pairs(name, maker)
    return choose(page, page.studio.data.add_rows(page.say("data_tab.identity_of", name=name), "chat", pairs).id)


def both_names(name: str, maker: str) -> tuple[str, str]:
    """Both without spaces around them. Raises StudioError when one is missing."""
    if not name.strip() or not maker.strip():
        raise StudioError("data_tab.names_missing")
    return name.strip(), maker.strip()
