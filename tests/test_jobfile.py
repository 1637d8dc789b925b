"""Settings of every format are read; those of a newer one as far as they are known, and nothing of them is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio import jobfile
from studio.config import RunConfig
from studio.errors import StudioError
from studio.events import told
from studio.jobfile import JobFile
from studio.studio import Studio
from studio.words import LANGS
from tests.fakes import FakeEngine

CONFIG = RunConfig.of({"task": "chat", "dataset": "data-0001", "dataset_version": 2, "epochs": 7})
BARE = JobFile(CONFIG).text().split("\n", 1)[1]  # as it was written before formats had numbers
REVIEWS = [
    (f"{taste}，第{n}次来", label) for n in range(20) for taste, label in (("很好喝", "好评"), ("太难喝", "差评"))
]


def newer(text: str) -> str:
    return text.replace(f"format: {jobfile.present()}", "format: 99") + "tempo: adagio\nwidths: [1, 2]\n"


def test_what_is_written_has_a_number_and_is_read_as_it_was() -> None:
    text = JobFile(CONFIG).text()
    assert text.startswith(f"format: {jobfile.present()}\n")
    assert jobfile.read(text) == JobFile(CONFIG)


def test_a_file_without_a_number_is_of_the_first_format() -> None:
    assert jobfile.read(BARE).config == CONFIG


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "true", "new", "[1]", "null"])
def test_a_number_that_is_none_is_no_job(number: str) -> None:
    with pytest.raises(StudioError) as refusal:
        jobfile.read(f"format: {number}\n" + BARE)
    assert refusal.value.key == "config.not_yaml"


def test_an_unknown_setting_of_a_known_format_is_a_mistake() -> None:
    with pytest.raises(StudioError) as refusal:
        jobfile.read(BARE + "epochss: 3\n")
    assert refusal.value.key == "config.refused"


def test_patches_are_applied_in_order_from_the_format_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def passes_are_epochs(values: dict[str, Any]) -> dict[str, Any]:
        return {"epochs": values.pop("passes"), **values}

    def half_of_them(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, "epochs": values["epochs"] // 2}

    monkeypatch.setattr(jobfile, "PATCHES", (passes_are_epochs, half_of_them))
    old = BARE.replace("epochs: 7", "passes: 8")
    assert jobfile.read(old).config.epochs == 4
    assert jobfile.read("format: 2\n" + BARE).config.epochs == 3
    assert jobfile.read("format: 3\n" + BARE).config.epochs == 7
    assert JobFile(CONFIG).text().startswith("format: 3\n")


def test_what_only_a_newer_version_knows_is_kept_and_never_trained_by() -> None:
    text = newer(JobFile(CONFIG).text())
    job = jobfile.read(text)
    assert (job.config, job.format) == (CONFIG, 99)
    assert job.unknown == {"tempo": "adagio", "widths": [1, 2]}
    assert job.text() == jobfile.read(job.text()).text() and "tempo: adagio" in job.text()
    with pytest.raises(StudioError) as refusal:
        job.to_train()
    assert all("tempo, widths" in refusal.value.say(lang) for lang in LANGS)
    assert jobfile.read(JobFile(CONFIG).text().replace("format: 1", "format: 99")).to_train() == CONFIG


def test_a_run_of_a_newer_version_is_shown_and_answers_but_does_not_go_on(tmp_path: Path) -> None:
    with Studio(FakeEngine(), tmp_path) as studio:
        config = studio.plan(studio.data.add_rows("评价", "classify", REVIEWS).id).config
        done, waiting = studio.train(config).id, studio.start(config)
        for run in (done, waiting):
            job = studio.workspace.run_dir(run) / "job.yaml"
            job.write_text(newer(job.read_text(encoding="utf-8")), encoding="utf-8")
        before = job.read_bytes()
    with Studio(FakeEngine(), tmp_path) as studio:
        run = studio.run(done)
        assert not studio.listed().damaged and run.status == "finished" and run.config == config
        assert all("tempo" in told(run.progress.notes[0], lang) for lang in LANGS)
        assert studio.classify(done, ["很好喝，第1次来"])[0].answer == "好评"
        assert studio.evaluate(done) and studio.export(done, "adapter")
        assert "tempo: adagio" in studio.job_yaml(done)
        assert studio._lives.next()
        failed = studio.run(waiting)
        assert failed.status == "failed" and failed.progress.step == 0
        with pytest.raises(StudioError) as refusal:
            studio.resume(waiting)
        assert refusal.value.key == "config.newer_job"
        assert job.read_bytes() == before
