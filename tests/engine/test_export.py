"""What goes home is what was trained, opens with plain transformers, and says how to use it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from studio import commit
from studio.contract import Job, Sampling, never
from studio.data.schema import Message, Splits
from studio.engine import TorchEngine, load
from studio.engine.export import merged, space
from studio.engine.export.describe import readme
from studio.engine.methods import lora
from studio.engine.session import open_model
from studio.errors import StudioError
from studio.evaluation.evaluate import evaluate
from studio.jobfile import JobFile
from tests.engine.conftest import QUESTIONS, Jobs, change, splits

ENGINE = TorchEngine()


@pytest.fixture(scope="module", params=["lora", "qlora"])
def trained(request: pytest.FixtureRequest, model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A chat run that knows its answers by heart."""
    jobs = Jobs(tmp_path_factory.mktemp("runs"), model_dir)
    job = jobs.make("chat", method=request.param, epochs=30, learning_rate=1e-2)
    ENGINE.train(job, never)
    return job


def test_the_merged_model_opens_with_plain_transformers_and_answers_as_the_adapter(
    trained: Job, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    facts = ENGINE.export(trained, "merged", out)
    assert facts.verified is True and facts.max_difference < 1e-3
    assert facts.bytes == sum(path.stat().st_size for path in out.iterdir())
    assert facts.sha256 == hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    assert commit.whole(out)

    model, tokenizer = AutoModelForCausalLM.from_pretrained(out), AutoTokenizer.from_pretrained(out)
    with_adapter = open_model(trained)
    for row in merged.prompts(trained, with_adapter):
        with torch.no_grad():
            found = model(torch.tensor([row])).logits[0]
        torch.testing.assert_close(
            found, with_adapter.head.replay(with_adapter, row[:1], row[1:]), rtol=1e-3, atol=1e-3
        )
    for question, answer in QUESTIONS:
        asked = tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        said = tokenizer.decode(model.generate(**asked)[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
        assert said == answer


def test_the_merged_model_is_not_the_base(trained: Job, tmp_path: Path) -> None:
    ENGINE.export(trained, "merged", tmp_path / "mine")
    name = "model.layers.0.self_attn.q_proj.weight"
    before, after = (load_file(folder / "model.safetensors")[name] for folder in (trained.model_dir, tmp_path / "mine"))
    assert not torch.equal(before, after)
    assert "quantization_config" not in json.loads((tmp_path / "mine" / "config.json").read_text(encoding="utf-8"))


def test_the_adapter_alone_fits_the_base_by_plain_peft(trained: Job, tmp_path: Path) -> None:
    from peft import PeftModel

    out = tmp_path / "adapter"
    facts = ENGINE.export(trained, "adapter", out)
    assert facts.verified is True
    config = json.loads((out / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == trained.model_dir.name  # no path of this machine
    if trained.config.method == "qlora":
        return
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(trained.model_dir), out).eval()
    with_adapter = open_model(trained)
    (row, *_) = merged.prompts(trained, with_adapter)
    with torch.no_grad():
        found = model(torch.tensor([row])).logits[0]
    torch.testing.assert_close(found, with_adapter.head.replay(with_adapter, row[:1], row[1:]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_the_code_in_the_readme_runs_in_a_fresh_process_and_answers(trained: Job, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    ENGINE.export(trained, "merged", out)
    codes = [
        re.search(r"```python\n(.*?)```", (out / name).read_text(encoding="utf-8"), re.DOTALL)
        for name in ("README.md", "README.zh.md")
    ]
    assert codes[0] and codes[1] and codes[0][1] == codes[1][1]
    environment = {**os.environ, "PYTHONPATH": "", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", codes[0][1]]
    done = subprocess.run(command, cwd=out, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == QUESTIONS[0][1]


def test_the_readme_tells_base_rows_scores_and_the_question_of_a_classifier(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.make("classify", epochs=1, model="/home/someone/secret/base-model")
    ENGINE.train(job, never)
    report = evaluate(ENGINE.open(job), job)
    (job.run_dir / "report.json").write_text(json.dumps(report), encoding="utf-8")
    ENGINE.export(job, "merged", tmp_path / "mine")
    for name, words in (("README.md", ["24 rows", "4 test rows"]), ("README.zh.md", ["24 条资料", "4 道考题"])):
        text = (tmp_path / "mine" / name).read_text(encoding="utf-8")
        assert all(word in text for word in [*words, "base-model", "把下面的文字分到一类：好评、差评"])
        assert "/home/someone" not in text
    assert (tmp_path / "mine" / "job.yaml").read_text(encoding="utf-8") == JobFile(job.config).text()


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_a_row_cannot_write_code_into_the_readme(trained: Job) -> None:
    evil = replace(trained.splits.train[0], text='"}]; import os; os.system("x")\n```\n{scores}')
    job = replace(trained, splits=replace(trained.splits, train=(evil,)))
    code = readme(job, "merged", "en").split("```python\n")[1].split("\n```\n")[0]
    compile(code, "readme", "exec")
    assert 'import os; os.system(\\"x\\")' in code


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_every_end_token_is_in_the_generation_config(trained: Job, tmp_path: Path) -> None:
    model = Path(shutil.copytree(trained.model_dir, tmp_path / "model"))
    config = model / "generation_config.json"
    config.write_text(json.dumps({"eos_token_id": [5, 6], "temperature": 0.7, "do_sample": True}), encoding="utf-8")
    base = load.base(model, "none", "fp32")
    assert {5, 6, base.tokenizer.eos_token_id} <= set(base.end_ids)
    job = Job(trained.config, trained.run_dir, trained.splits, model, trained.tokens)
    ENGINE.export(job, "merged", tmp_path / "mine")
    saved = json.loads((tmp_path / "mine" / "generation_config.json").read_text(encoding="utf-8"))
    assert set(saved["eos_token_id"]) == set(base.end_ids)
    assert saved.get("do_sample", False) is False and "temperature" not in saved


STRICT = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.mark.parametrize("strict", [False, True], ids=["takes a system text", "takes none"])
@pytest.mark.parametrize("format", ["merged", "adapter"])
def test_what_goes_home_asks_below_the_system_text_that_was_taught(
    model: Path, tmp_path: Path, format: str, strict: bool
) -> None:
    if strict:
        change(model / "tokenizer_config.json", chat_template=STRICT)
        (model / "chat_template.jinja").write_text(STRICT, encoding="utf-8")
    above = (Message("system", '你是“喵星”客服，\n说话带喵 {% if %} \\ "'),)
    rows = tuple(replace(row, context=above) for row in splits("chat").train)
    job = Jobs(tmp_path, model).make("chat", rows=Splits("data-1", 1, "chat", (), rows, rows[:2], rows[2:4]), epochs=1)
    ENGINE.train(job, never)
    ENGINE.export(job, format, tmp_path / "mine")
    tokenizer, encoder = AutoTokenizer.from_pretrained(tmp_path / "mine"), open_model(job).encoder(job)

    def plain(messages: Any) -> list[int]:
        asked = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)
        return list(asked["input_ids"])

    taught = encoder.encode(rows[0])
    assert taught is not None
    code = readme(job, format, "en").split("```python\n")[1].split("\n```\n")[0]
    shown: dict[str, Any] = {}
    exec(code[code.index("messages = ") : code.index("inputs = ")], shown)
    assert plain(shown["messages"]) == list(taught.prompt)
    if not strict:
        assert plain([{"role": "user", "content": rows[0].text}]) == list(taught.prompt)
        other = [{"role": "system", "content": "别的"}, {"role": "user", "content": rows[0].text}]
        assert plain(other) == list(encoder.prompt(rows[0].text, (Message("system", "别的"),)))


def refused(job: Job, out: Path, format: Any = "merged") -> StudioError:
    with pytest.raises(StudioError) as failure:
        ENGINE.export(job, format, out)
    assert not list(out.parent.glob(".tmp-*"))
    return failure.value


def test_a_run_that_learned_nothing_has_nothing_to_take_home(jobs: Jobs, tmp_path: Path) -> None:
    assert refused(jobs.make("chat"), tmp_path / "mine").key == "engine.no_adapter"


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_a_place_that_is_taken_is_left_alone(trained: Job, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine", encoding="utf-8")
    assert refused(trained, tmp_path).key == "engine.out_exists"
    assert refused(trained, tmp_path / "letters.txt").key == "engine.out_exists"
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "mine"


def spoiled(trained: Job, tmp_path: Path) -> Job:
    """The run with an adapter that is whole on disk and holds one number that is none."""
    run_dir = Path(shutil.copytree(trained.run_dir, tmp_path / "run"))
    weights = load_file(run_dir / "adapter" / "adapter_model.safetensors")
    next(iter(weights.values()))[0, 0] = float("nan")
    facts = commit.facts_of(run_dir / "adapter")
    with commit.committed(run_dir / "adapter", step=1, base=facts["base"]) as draft:
        shutil.copyfile(trained.run_dir / "adapter" / "adapter_config.json", draft / "adapter_config.json")
        save_file(weights, draft / "adapter_model.safetensors")
    return Job(trained.config, run_dir, trained.splits, trained.model_dir, trained.tokens)


@pytest.mark.parametrize("format", ["merged", "adapter"])
@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_an_adapter_that_is_not_finite_is_refused(trained: Job, tmp_path: Path, format: str) -> None:
    assert refused(spoiled(trained, tmp_path), tmp_path / "mine", format).key == "engine.adapter_not_finite"
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_an_adapter_that_is_damaged_is_refused(trained: Job, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(trained.run_dir, tmp_path / "run"))
    path = run_dir / "adapter" / "adapter_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    job = Job(trained.config, run_dir, trained.splits, trained.model_dir, trained.tokens)
    assert refused(job, tmp_path / "mine").key == "engine.adapter_damaged"


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_a_merged_model_that_answers_otherwise_is_never_handed_out(
    trained: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge that lost what was learned in one layer."""
    real = lora.merge

    def forgetful(tuned: Any) -> Any:
        merged = real(tuned)
        with torch.no_grad():
            merged.model.model.layers[0].mlp.down_proj.weight.mul_(1.02)
        return merged

    monkeypatch.setattr(lora, "merge", forgetful)
    assert refused(trained, tmp_path / "mine").key == "engine.export_differs"
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_too_small_a_disk_is_said_before_anything_is_written(
    trained: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space, "SPARE_GIB", 1e9)
    assert refused(trained, tmp_path / "mine").key == "workspace.no_room"


@pytest.mark.parametrize("trained", ["lora"], indirect=True)
def test_a_language_model_taken_home_can_be_taught_again(trained: Job, tmp_path: Path) -> None:
    ENGINE.export(trained, "merged", tmp_path / "mine")
    session = ENGINE.open(Job(trained.config, tmp_path / "fresh", trained.splits, tmp_path / "mine", trained.tokens))
    said = session.reply([[Message("user", QUESTIONS[0][0])]], False, Sampling(max_new_tokens=30))
    assert said == [QUESTIONS[0][1]]
