"""The Model tab: a base model, a preset, one sentence that says what will happen, every setting, and the start.

Knows no rule of the plan: every number comes from the studio's plan, and the form only lays changes over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from studio import crosscheck, jobfile, views
from studio.config import Preset, RunConfig
from studio.errors import StudioError
from studio.jobfile import JobFile
from studio.methods import METHODS, only_for, refusal
from studio.plan import Plan
from studio.ui.kit.assets import read, script
from studio.ui.kit.form import Form, belongs, build_form
from studio.ui.kit.i18n import t
from studio.ui.kit.newest import Newest
from studio.ui.kit.nodes import Node, node, panel
from studio.ui.kit.page import QUIET, Page, on, tell
from studio.ui.model.earlier import earlier, earlier_runs
from studio.ui.model.gallery import gallery, looked_anew
from studio.ui.model.plan import plan_nodes, preview_nodes, thinking

if TYPE_CHECKING:
    from studio.studio import Studio

PRESETS = ("fast", "balanced", "thorough")
MINUTES = {"any": 0, "five": 5, "ten": 10, "half_hour": 30, "hour": 60, "two_hours": 120}  # any: what it takes
OWN = ("model", "continues")  # settings with a widget of their own
MODEL = list(RunConfig.knobs()).index("model")  # its place among them
UNCHANGED = tuple(gr.skip() for _ in RunConfig.knobs())  # the form as it is


@dataclass(frozen=True)
class ModelTab:
    form: Form  # one widget per setting
    dataset: gr.Dropdown  # of the Data tab
    preset: gr.Radio
    minutes: gr.Dropdown
    config: gr.State  # the planned RunConfig as a dict, None before the first plan
    plan: gr.HTML
    fit: gr.Button  # where the plan is too big for this machine
    preview: gr.HTML
    reset: gr.Button
    save: gr.HTML
    load: gr.UploadButton
    start: gr.Button
    cross: gr.Button
    newest: Newest = field(default_factory=Newest)  # of what fills all that is `planned`

    @property
    def inputs(self) -> Form:
        """What `start_run` and `replan` take, by name."""
        return {"config": self.config, **self.form}

    @property
    def chosen(self) -> Form:
        """What `make_plan` and its kin take, by name."""
        return {
            "dataset": self.dataset, "config": self.config, "preset": self.preset, "model": self.form["model"],
            "method": self.form["method"], "continues": self.form["continues"], "minutes": self.minutes,
        }  # fmt: skip

    @property
    def planned(self) -> list[Any]:
        """What a plan from the data fills: the settings too."""
        return [*self.form.values(), *self.judged]

    @property
    def judged(self) -> list[Any]:
        """What a plan for given settings fills."""
        return [self.config, self.plan, self.save, self.start, self.fit]


def build(studio: Studio, dataset: gr.Dropdown) -> ModelTab:
    names = list(RunConfig.knobs())
    knobs = RunConfig.knobs()
    with gr.Row(elem_classes="model-columns"):
        with gr.Column(scale=3, min_width=320):
            with gr.Column(elem_classes="way"):
                model = gallery(studio)
            with gr.Column(elem_classes="way"):
                continues = earlier_runs()
                preset = gr.Radio(
                    [(t(f"model_tab.preset_{name}"), name) for name in PRESETS], value="balanced",
                    label=t("model_tab.preset"), info=t("model_tab.preset_help"), elem_id="preset", interactive=True,
                )  # fmt: skip
                minutes = gr.Dropdown(
                    [(t(f"model_tab.minutes_{name}"), n) for name, n in MINUTES.items()], value=0,
                    label=t("model_tab.minutes"), info=t("model_tab.minutes_help"), elem_id="minutes",
                    interactive=True, filterable=False,
                )  # fmt: skip
                basic = build_form(RunConfig, [name for name in names if name not in OWN and not knobs[name].advanced])
            with gr.Accordion(t("model_tab.advanced"), open=False, elem_id="advanced"):
                with gr.Row(elem_classes="knobs"):
                    advanced = build_form(RunConfig, [name for name in names if knobs[name].advanced])
                reset = gr.Button(t("model_tab.reset"), size="sm", elem_id="reset")
        with gr.Column(scale=2, min_width=300, elem_classes="way model-plan"):
            plan = panel("plan")
            fit = gr.Button(t("model_tab.make_fit"), variant="primary", visible=False, elem_id="make-fit")
            with gr.Row(elem_classes="job"):
                save = gr.HTML(
                    value=None, html_template=read("model/save.html"), js_on_load=script("model/save.js"),
                    elem_id="save-job",
                )  # fmt: skip
                load = gr.UploadButton(
                    str(t("model_tab.load")), file_types=[".yaml", ".yml"], size="sm", elem_id="load-job", scale=0
                )  # fmt: skip
    with gr.Accordion(t("model_tab.preview"), open=True, elem_id="preview-box"):
        preview = panel("preview")
    with gr.Row(elem_classes="next-bar"):
        gr.Markdown(t("model_tab.start_help"), elem_classes="soft")
        cross = gr.Button(t("model_tab.cross"), elem_id="cross-check", scale=0)
        start = gr.Button(t("model_tab.start"), variant="primary", elem_id="start", interactive=False, scale=0)
    form = {name: {"model": model, "continues": continues, **basic, **advanced}[name] for name in names}
    tab = ModelTab(
        form, dataset, preset, minutes, gr.State(None), plan, fit, preview, reset, save, load, start, cross
    )  # fmt: skip
    wire(tab, studio)
    return tab


def wire(tab: ModelTab, studio: Studio) -> None:
    newest, chosen = tab.newest.on, {name: widget for name, widget in tab.chosen.items() if name != "config"}
    afresh = gr.on(
        [tab.preset.input, tab.minutes.input, tab.form["continues"].input, tab.reset.click],
        newest(studio, make_plan), inputs_kwargs=chosen, outputs=tab.planned, trigger_mode="always_last", **QUIET,
    )  # fmt: skip
    another = gr.on(  # which cannot go on from what this one learned
        [tab.form["model"].input, tab.form["method"].input], newest(studio, another_plan),
        inputs_kwargs={name: widget for name, widget in chosen.items() if name != "continues"}, outputs=tab.planned,
        trigger_mode="always_last", **QUIET,
    )  # fmt: skip
    turned = [widget.input for name, widget in tab.form.items() if name not in (*OWN, "method")]
    again = gr.on(
        turned, on(studio, replan), inputs_kwargs={**tab.inputs, "preset": tab.preset}, outputs=tab.judged,
        trigger_mode="always_last", **QUIET,
    )  # fmt: skip
    loaded = tab.load.upload(newest(studio, load_job), [tab.load, tab.dataset], tab.planned, **QUIET)
    fits = tab.fit.click(
        newest(studio, make_fit), inputs_kwargs={**tab.inputs, "preset": tab.preset}, outputs=tab.planned, **QUIET
    )  # fmt: skip
    for planned in (afresh, another, again, loaded, fits):
        planned.success(on(studio, preview), tab.config, tab.preview, **QUIET)


def opened(page: Page, config: dict[str, Any] | None, **choice: Any) -> Iterator[Any]:
    """The tab comes into view: a new plan, unless the one that is shown is of the data as they stand."""
    dataset = choice["dataset"]
    if config and dataset == config["dataset"] and page.studio.data.freeze(dataset) == config["dataset_version"]:
        yield *UNCHANGED, *(gr.skip() for _ in range(5))
        return
    yield *UNCHANGED, *_waiting(thinking(page))
    stays = choice.get("continues") in [run.id for run in earlier(page, dataset)]
    yield make_plan(page, **choice if stays else {**choice, "continues": ""})


def outdated(page: Page, config: dict[str, Any] | None, dataset: str | None) -> Any:
    """Other data are in use: what was planned for those before cannot be started any more."""
    if config is None or config["dataset"] == dataset:
        return tuple(gr.skip() for _ in range(5))
    return _waiting(thinking(page))


def make_plan(page: Page, **choice: Any) -> Any:
    """A plan from the data for `dataset, preset, model, method`, or for the run that it `continues` in place of the
    latter two: all settings, and what they will take."""
    try:
        planned = _plan(page, choice)
    except StudioError as error:
        return (*UNCHANGED, *_refused(page, None, error))
    return filled(page, planned, choice["model"])


def another_plan(page: Page, **choice: Any) -> Iterator[Any]:
    """As `make_plan` for a model that was just chosen, whose place a click that came since may have taken: it stays as
    it is. Where a file must be turned first, that is said."""
    must_be_turned = choice["model"] in page.studio.choosing.unready().packed
    if must_be_turned:
        yield *UNCHANGED, *_waiting(node("p", page.say("gallery.turning"), cls="soft", role="status"))
    planned = list(make_plan(page, **choice))
    planned[MODEL] = looked_anew() if must_be_turned else gr.skip()
    yield tuple(planned)


def replan(page: Page, config: dict[str, Any] | None, preset: Preset, **settings: Any) -> Any:
    """What the settings of the form will take; the mistake in words where one is not allowed."""
    try:
        wanted = RunConfig.of({**(config or {}), **settings})
        planned = page.studio.plan_for(wanted, preset)
    except StudioError as error:
        return _refused(page, config, error)
    return _judged(page, planned)


def make_fit(page: Page, config: dict[str, Any] | None, preset: Preset, **settings: Any) -> Any:
    """The settings with as little changed as makes them fit into the free memory. Raises StudioError fitting.cannot."""
    wanted = RunConfig.of({**(config or {}), **settings})
    return filled(page, page.studio.fitted(page.studio.plan_for(wanted, preset), preset))


def load_job(page: Page, file: str, dataset: str | None) -> Any:
    """The settings of a job file, for the dataset at hand when the job's own is not here.

    Raises StudioError config.* for what is no job, model_tab.* when there is no dataset that fits, gallery.not_here.
    """
    wanted = jobfile.read_file(Path(file)).to_train()
    page.studio.choosing.must_be_here(wanted.model)
    if not any(known.id == wanted.dataset for known in page.studio.data.list()):
        if not dataset:
            raise StudioError("model_tab.no_dataset")
        task = page.studio.data.get(dataset).task
        if task != wanted.task:
            raise StudioError("model_tab.other_task")
        wanted = wanted.with_changes({"dataset": dataset, "dataset_version": page.studio.data.freeze(dataset)})
        tell(page, "model_tab.job_moved")
    return filled(page, page.studio.plan_for(wanted))


def start_run(page: Page, config: dict[str, Any] | None, **settings: Any) -> str:
    """Queues the run; its id. Raises StudioError config.* or run.*."""
    if config is None:
        raise StudioError("model_tab.no_dataset")
    return page.studio.start(RunConfig.of({**config, **settings}))


def cross_check(page: Page, config: dict[str, Any] | None, **settings: Any) -> str:
    """Queues the runs of a cross-check by these settings, in as many parts as they say or else five; the first's id."""
    if config is None:
        raise StudioError("model_tab.no_dataset")
    folds = settings.get("folds") or crosscheck.PARTS
    first = RunConfig.of({**config, **settings, "folds": folds, "fold": 1, "continues": ""})
    return [page.studio.start(one) for one in crosscheck.configs(first)][0]


def preview(page: Page, config: dict[str, Any] | None) -> list[Node] | None:
    """Five rows as the model will see them."""
    if config is None:
        return None
    wanted = RunConfig.of(config)
    return preview_nodes(page, page.studio.preview(wanted), wanted.task)


def _plan(page: Page, choice: Mapping[str, Any]) -> Plan:
    if not choice["dataset"]:
        raise StudioError("model_tab.no_dataset")
    goes_on = choice.get("continues")
    changes = {"continues": goes_on} if goes_on else {"model": choice["model"], "method": choice["method"]}
    minutes = choice.get("minutes") or 0
    return page.studio.plan(choice["dataset"], preset=choice["preset"], changes=changes, minutes=minutes)


def filled(page: Page, planned: Plan, asked: str | None = None) -> Any:
    """The form and what is said of it. The model that was `asked` for is not put back: another may be chosen by now."""
    settings = planned.config.model_dump()
    task, method = planned.config.task, settings["method"]
    apart = {
        name: gr.update(value=settings[name], visible=belongs(name, method) and knob.is_for(task))
        for name, knob in RunConfig.knobs().items()
        if only_for(name) or knob.trait
    }
    before = [(views.run_label(run, page.lang), run.id) for run in earlier(page, planned.config.dataset)]
    ways = [name for name in METHODS if not refusal(name, planned.card.head, planned.card.kind)]
    widgets = {
        **settings,
        **apart,
        "model": gr.HTML(
            dataset=planned.config.dataset, **({} if settings["model"] == asked else {"value": settings["model"]})
        ),
        "method": gr.update(choices=[(page.say(f"model_tab.method_{name}"), name) for name in ways], value=method),
        "continues": gr.Dropdown(
            choices=[(page.say("model_tab.from_start"), ""), *before], value=settings["continues"], visible=bool(before)
        ),
    }
    return *(widgets[name] for name in RunConfig.knobs()), *_judged(page, planned)


def _judged(page: Page, planned: Plan) -> Any:
    config = planned.config
    job = {"name": f"{page.studio.data.get(config.dataset).name}-job.yaml", "text": JobFile(config).text()}
    too_big = gr.Button(visible=planned.estimate.fit == "too_big")
    return config.model_dump(), plan_nodes(page, planned), job, gr.Button(interactive=True), too_big


def _waiting(said: Node) -> Any:
    """For a plan, of which this is said meanwhile."""
    return None, [said], None, gr.Button(interactive=False), gr.Button(visible=False)


def _refused(page: Page, config: dict[str, Any] | None, error: StudioError) -> Any:
    said = [node("p", error.say(page.lang), cls="warning", role="alert")]
    return config, said, None, gr.Button(interactive=False), gr.Button(visible=False)
