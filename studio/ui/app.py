"""The page as a whole: header, four tabs, what is unlocked, what is remembered, and how the tabs lead to each other.

Knows no detail of a tab, and no engine: the studio is handed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI, Response

from studio import rounds
from studio.config import RunConfig
from studio.roster import Listed
from studio.ui.chat import drafting, judge
from studio.ui.chat import tab as chat_tab
from studio.ui.data import recovery
from studio.ui.data import tab as data_tab
from studio.ui.kit.assets import boot_script, read, script, stylesheet
from studio.ui.kit.form import knob_words
from studio.ui.kit.i18n import InjectHead, t, translations, words
from studio.ui.kit.page import QUIET, Page, on, served, tell
from studio.ui.kit.streams import Apart
from studio.ui.kit.theme import theme
from studio.ui.kit.uploads import Noted, UploadsOnly
from studio.ui.model import tab as model_tab
from studio.ui.train import tab as train_tab
from studio.views import run_title

if TYPE_CHECKING:
    from studio.studio import Studio

MAX_UPLOAD = "200mb"
TABS = ("data", "model", "train", "chat")
MEMORY_KEY = "no secret: ids only"  # the same after a restart, or what the browser remembers is lost
# Between two looks of Gradio at its queue, and at its own bars, of which this page has none. By itself it looks a
# thousand and a hundred times a second, which took 2 % of a core of an idle server, each.
QUEUE_SECONDS = 0.05
# Of so many pages, those that asked last, Gradio remembers what they hold, half a megabyte each. By itself it keeps ten
# thousand, those that were closed long ago among them.
MOST_PAGES = 128
LAST_TAB = "(memory) => ({...memory, tab: window.xiaozao.lastTab()})"  # of this browser tab, before its reload
TO_THE_TOP = "() => { scrollTo({ top: 0 }); }"  # a step begins with what it says, wherever the one before was left
Offer = Callable[[Path, str], str]  # (folder, name) → the path of a link to it as name.zip


def build_app(studio: Studio, offer: Offer, locked: bool = False) -> UploadsOnly:
    """The page, its events bound to `studio`; `offer` makes the links to finished models. `locked`: behind a
    door, which one can leave by."""
    with UploadsOnly(title="小灶 Xiaozao", analytics_enabled=False, delete_cache=(3600, 86400)) as app:
        bar = header(studio, locked)
        memory = gr.BrowserState({}, storage_key="xiaozao.v1", secret=MEMORY_KEY)
        with gr.Tabs(selected="data", elem_id="steps", overflow_behavior="wrap") as tabs:
            with gr.Tab(t("ui.tab_data"), id="data", elem_id="data"):
                data = data_tab.build(studio)
            with gr.Tab(t("ui.tab_model"), id="model", elem_id="model", interactive=False) as on_model:
                model = model_tab.build(studio, data.dataset)
            with gr.Tab(t("ui.tab_train"), id="train", elem_id="train", interactive=False) as on_train:
                train = train_tab.build(studio)
            with gr.Tab(t("ui.tab_chat"), id="chat", elem_id="chat", interactive=False) as on_chat:
                chat = chat_tab.build(studio, offer)
        doors = [on_model, on_train, on_chat]
        bar.changed(on(studio, unlock), None, [bar, *doors], concurrency_limit=None, **QUIET)
        for kind, chosen in (("dataset", data.dataset), ("run", train.run)):
            chosen.change(None, [memory, chosen], memory, js=f"(m, id) => (id ? {{...m, {kind}: id}} : m)", **QUIET)
        tabs.select(None, js=TO_THE_TOP, **QUIET)
        data.go_model.click(on(studio, to_model), None, [tabs, on_model], **QUIET)
        looked = on_model.select(
            model.newest.on(studio, model_tab.opened), inputs_kwargs=model.chosen, outputs=model.planned, **QUIET
        )  # fmt: skip
        looked.success(on(studio, model_tab.preview), model.config, model.preview, **QUIET)
        data.dataset.change(on(studio, model_tab.outdated), [model.config, data.dataset], model.judged, **QUIET)
        on_train.select(on(studio, train_tab.choose), train.run, train.run, **QUIET)
        on_chat.select(on(studio, chat_tab.choose), chat.run, chat.run, **QUIET)
        for button, start in ((model.start, model_tab.start_run), (model.cross, model_tab.cross_check)):
            begun = button.click(on(studio, start), inputs_kwargs=model.inputs, outputs=train.run, **QUIET)
            begun.success(on(studio, to_train), train.run, [tabs, on_train, *train.shown], **QUIET)
        repeated = train.again.click(
            on(studio, to_repeat), train.run, [tabs, on_model, data.dataset, *model.planned], **QUIET
        )  # fmt: skip
        repeated.success(on(studio, model_tab.preview), model.config, model.preview, **QUIET)
        train.to_chat.click(on(studio, to_chat), train.run, [tabs, on_chat, chat.run], **QUIET)
        chat.mistakes.begun(on(studio, to_newest), None, [train.run, tabs, on_train, *train.shown], **QUIET)
        for lined_up in (chat.mistakes.to_label, chat.lined_up.success):
            lined_up(on(studio, to_label), chat.run, [tabs, data.dataset, data.views, data.card], **QUIET)
        found = [tabs, *doors, bar, data.adding.column, data.dataset, train.run, chat.run]
        chat.judge.made(on(studio, to_data), chat.judge, [tabs, data.dataset], **QUIET)
        drafted = chat.drafting
        drafted.make.click(on(studio, to_drafts), [chat.run, drafted.ticks], [tabs, data.dataset], **QUIET)
        app.load(on(studio, recovery.show), None, [data.recovery.column, data.recovery.notice], **QUIET)
        app.load(on(studio, restore), memory, found, js=LAST_TAB, **QUIET)
    app.queue(default_concurrency_limit=4, max_size=64, api_open=False)
    app.state_session_capacity = MOST_PAGES
    app._queue.sleep_when_free = QUEUE_SECONDS
    app._queue.progress_update_sleep_when_free = QUEUE_SECONDS
    return app


def mount(server: FastAPI, studio: Studio, offer: Offer, *, locked: bool = False) -> FastAPI:
    """`server` with the page at `/`; routes registered before this call win. `locked` as in `build_app`."""
    boot = boot_script(words()).encode()
    place = f"/assets/page-{hashlib.sha256(boot).hexdigest()[:16]}.js"

    @server.get(place)
    def page_script() -> Response:
        return Response(boot, media_type="text/javascript", headers={"Cache-Control": "public, max-age=31536000"})

    page = build_app(studio, offer, locked)
    server.add_middleware(InjectHead, script=f'<script src="{place}"></script>')
    server.add_middleware(Noted, ledger=page.ledger)
    server.add_middleware(Apart)
    return gr.mount_gradio_app(
        server, page, path="/", i18n=translations(knob_words(RunConfig)), theme=theme(),
        css=stylesheet(), ssr_mode=False, run_history=False, footer_links=[], max_file_size=MAX_UPLOAD,
        show_error=True, pwa=False, enable_monitoring=False,
    )  # fmt: skip


def header(studio: Studio, locked: bool) -> gr.HTML:
    return gr.HTML(
        value=None, html_template=read("header.html"), js_on_load=script("header.js"),
        server_functions=[served(studio, now)], open="", locked=locked, elem_id="header",
    )  # fmt: skip


def now(page: Page, asked: dict[str, Any]) -> dict[str, Any]:
    """What the header shows: the machine, the run that trains now with its share of steps done, and, should the
    background worker have ended, that; which tabs are open, for the page; and of the run `was` that trained when it
    asked before, how it ended."""
    machine, known = page.studio.machine(), page.studio.listed()
    said = {
        "open": listed(usable(page, known)),
        "machine": page.say(f"ui.machine_{machine.device}", name=machine.name, free=f"{machine.free_gib:.0f}"),
        "machine_title": page.say(
            "ui.machine_title", name=machine.name, cores=machine.cores, memory=f"{machine.memory_gib:.0f}"
        ),
    }
    if page.studio.worker_died:
        said["trouble"] = page.say("ui.worker_died")
    ended = next((run for run in known.runs if run.id == asked.get("was") and run.ended), None)
    if ended:
        status = page.say(f"views.status_{ended.status}")
        said["ended"] = page.say("ui.ended", name=run_title(ended, page.lang), status=status)
    active = next((run for run in known.runs if run.status in ("running", "stopping")), None)
    if active is None:
        return {**said, "run": "", "doing": "", "progress": 0}
    share = active.progress.step / max(active.progress.total_steps, 1)
    doing = page.say("ui.now_training", name=active.name or active.dataset_name, percent=f"{share:.0%}")
    return {**said, "run": active.id, "doing": doing, "progress": share}


def usable(page: Page, known: Listed) -> list[bool]:
    """Which of the four tabs have something to work on; a damaged run can at least be deleted."""
    learned = any(run.has_adapter for run in known.runs)
    return [True, bool(page.studio.data.list()), bool(known.runs or known.damaged), learned]


def open_tabs(page: Page) -> list[bool]:
    return usable(page, page.studio.listed())


def unlock(page: Page) -> Any:
    """Opens the tabs that have something behind them now, and has the header know which these are."""
    opened = open_tabs(page)
    return gr.HTML(open=listed(opened)), *(gr.Tab(interactive=open_) for open_ in opened[1:])


def listed(opened: list[bool]) -> str:
    """The names of the tabs that are open, for the header: it asks for `unlock` when they are others."""
    return " ".join(name for name, open_ in zip(TABS, opened, strict=True) if open_)


def to_model(page: Page) -> Any:
    return gr.Tabs(selected="model"), gr.Tab(interactive=True)


def to_repeat(page: Page, run: str) -> Any:
    """The Model tab with a run's settings over the data as they are now, to be changed and begun anew.

    Raises StudioError data.no_such_dataset where they are gone, and what is wrong with the settings.
    """
    wanted = page.studio.run(run).config
    page.studio.choosing.must_be_here(wanted.model)
    version = page.studio.data.freeze(wanted.dataset)
    if version != wanted.dataset_version:
        tell(page, "model_tab.data_moved")
    planned = page.studio.plan_for(wanted.with_changes({"dataset_version": version}))
    return gr.Tabs(selected="model"), gr.Tab(interactive=True), wanted.dataset, *model_tab.filled(page, planned)


def to_train(page: Page, run: str) -> Any:
    """To a run, with what there is to do about it: the buttons of the one that was shown before would act on this."""
    return gr.Tabs(selected="train"), gr.Tab(interactive=True), *train_tab.refresh(page, run)


def to_newest(page: Page) -> Any:
    """To the run that was just started."""
    run = page.studio.runs()[0].id
    return run, *to_train(page, run)


def to_label(page: Page, run: str) -> Any:
    """To the labelling of a run's data, where rows stand first in the queue."""
    dataset = rounds.dataset_of(page.studio, run)
    return gr.Tabs(selected="data"), dataset, gr.Tabs(selected="label"), data_tab.reopened(dataset)


def to_chat(page: Page, run: str | None) -> Any:
    return gr.Tabs(selected="chat"), gr.Tab(interactive=True), chat_tab.choose(page, run)


def to_data(page: Page, judged: dict[str, str]) -> Any:
    """To the dataset that was made of what people said of answers."""
    return gr.Tabs(selected="data"), data_tab.choose(page, judge.made(page, judged))


def to_drafts(page: Page, run: str, ticked: list[str]) -> Any:
    """To the dataset that was made of what was ticked."""
    dataset = drafting.made(page, run, ticked)
    return gr.Tabs(selected="data"), data_tab.choose(page, dataset)


def restore(page: Page, memory: dict[str, str] | None) -> Any:
    """The page as this browser left it, as far as the server still has it; else the newest of everything."""
    memory = memory or {}
    opened = open_tabs(page)
    running = any(not run.ended for run in page.studio.runs())
    tab = memory.get("tab") or ("train" if running else "data")
    selected = tab if tab in TABS and opened[TABS.index(tab)] else "data"
    return (
        gr.Tabs(selected=selected),
        *(gr.Tab(interactive=open_) for open_ in opened[1:]),
        gr.HTML(open=listed(opened)),
        gr.Column(visible=not opened[1]),
        data_tab.choose(page, memory.get("dataset")),
        train_tab.choose(page, memory.get("run")),
        chat_tab.choose(page, memory.get("run")),
    )
