"""A model to take home: a folder for plain transformers, shown equal to what was trained before it gets its name.

Knows no zip and no download; it is handed a place and leaves a whole folder there, or nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio import commit
from studio.contract import ExportFormat, Job, Progress, no_progress
from studio.engine import adapters, catalog, device, load, proof
from studio.engine.encode import classify_prompt
from studio.engine.load import Base
from studio.engine.session import ADAPTER, open_model
from studio.errors import StudioError
from studio.evaluation import report as reports
from studio.jobfile import JobFile
from studio.words import LANGS, Lang, say

README: Mapping[Lang, str] = {"en": "README.md", "zh": "README.zh.md"}
PROBES = 4  # rows whose answers are compared
SPARE_GIB = 0.1


def export(job: Job, format: ExportFormat, out: Path, progress: Progress = no_progress) -> dict[str, Any]:
    """Writes the run's model to `out`, a folder that must not exist or be empty.

    `merged`: weights with what was learned folded in, tokenizer, chat template, generation config. `adapter`: the
    LoRA alone as peft writes it. Both: README in two languages, job.yaml and a manifest with SHA-256 sums.
    Returns {"path", "bytes", "sha256" (of the manifest), "verified", "max_difference" (of logits)}.
    Raises StudioError when nothing was learned yet, the place is taken, the disk too small, a weight not finite, or
    the written model does not answer as the trained one.
    """
    source = job.run_dir / ADAPTER
    if not source.is_dir():
        raise StudioError("engine.no_adapter")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise StudioError("engine.out_exists", out=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        out.rmdir()
    with device.guarded(device.device()), commit.committed(out) as draft:
        difference = _merged(job, draft, progress) if format == "merged" else _adapter(job, draft)
        _describe(job, format, draft)
    progress(1.0)
    device.release()
    return {
        "path": str(out),
        "bytes": sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
        "sha256": commit.sha256(out / commit.MANIFEST),
        "verified": True,
        "max_difference": difference,
    }


def _adapter(job: Job, draft: Path) -> float:
    """Copies the committed adapter and its tokenizer. Raises StudioError when it is damaged or not finite."""
    _need(draft, sum(path.stat().st_size for path in (job.run_dir / ADAPTER).iterdir()) / catalog.BYTES_PER_GIB)
    adapters.read(job.run_dir / ADAPTER)
    for name in ("adapter_config.json", adapters.WEIGHTS):
        shutil.copyfile(job.run_dir / ADAPTER / name, draft / name)
    load.tokenizer(job.model_dir).save_pretrained(draft)
    return 0.0


def _merged(job: Job, draft: Path, progress: Progress) -> float:
    """Writes the merged model, proves it equal to what was trained, and returns the largest difference of a logit."""
    parameters = catalog.count_parameters(job.model_dir)
    precision = device.exported_precision(
        device.training_precision(job.config.precision, device.device().type), parameters
    )
    trained = open_model(job, precision)
    _need(draft, parameters * device.dtype_of(precision).itemsize / catalog.BYTES_PER_GIB)
    wanted = proof.answers(trained, prompts(job, trained))
    ends = trained.end_ids
    progress(0.3)
    merged = adapters.merge(trained)
    merged.model.save_pretrained(draft)
    merged.tokenizer.save_pretrained(draft)
    _generation_config(merged, ends).save_pretrained(draft)
    del trained, merged
    device.release()
    progress(0.6)
    proof.same_weights(open_model(job, precision), draft)
    device.release()
    progress(0.8)
    return proof.same_answers(wanted, load.base(draft, "lora", precision))


def prompts(job: Job, base: Base) -> list[tuple[int, ...]]:
    """A few questions in tokens, of those that were held back if there are any."""
    encoder = base.encoder(job)
    rows = (encoder.encode(example) for example in [*job.splits.test, *job.splits.train])
    return [row.prompt for row in rows if row is not None][:PROBES]


def _generation_config(base: Base, ends: list[int]) -> Any:
    """Greedy, and ended by every token that can end an answer; else what the base's makers set would be in force."""
    from transformers import GenerationConfig

    return GenerationConfig(
        eos_token_id=ends,
        pad_token_id=base.tokenizer.pad_token_id if base.tokenizer.pad_token_id is not None else ends[0],
        bos_token_id=base.tokenizer.bos_token_id,
        do_sample=False,
        max_new_tokens=256,
    )


def _need(folder: Path, gib: float) -> None:
    free = shutil.disk_usage(folder).free / catalog.BYTES_PER_GIB
    if free < gib + SPARE_GIB:
        need = f"{gib + SPARE_GIB:.2f}"
        raise StudioError("workspace.disk_full", need=need, free=f"{free:.2f}", home=str(folder.parent))


def _describe(job: Job, format: ExportFormat, draft: Path) -> None:
    """README in both languages, and the job that made it."""
    (draft / "job.yaml").write_text(JobFile(job.config).text(), encoding="utf-8")
    for lang in LANGS:
        (draft / README[lang]).write_text(readme(job, format, lang), encoding="utf-8")


def readme(job: Job, format: ExportFormat, lang: Lang) -> str:
    """What it is, what it learned, how well, and code that runs as it stands."""
    example = job.splits.train[0]
    question = classify_prompt(example.text, job.splits.labels) if job.config.task == "classify" else example.text
    code = say(f"readme.code_{format}", lang, question=json.dumps(question, ensure_ascii=False))
    return say(
        "readme.page",
        lang,
        what=say(f"readme.{format}", lang),
        base=catalog.public_name(job.config.model),
        method="QLoRA" if job.config.method == "qlora" else "LoRA",
        rank=job.config.rank,
        rows=len(job.splits.train),
        epochs=job.config.epochs,
        task=say(f"readme.{job.config.task}", lang, labels=" · ".join(job.splits.labels)),
        scores=_scores(job, lang),
        install="pip install torch transformers" + (" peft" if format == "adapter" else ""),
        code=code.strip(),
    ).lstrip()


def _scores(job: Job, lang: Lang) -> str:
    """One line per score of the report card, or that there is none yet."""
    path = job.run_dir / "report.json"
    report = reports.read(path.read_bytes()) if path.is_file() else None
    if report is None:
        return say("readme.no_scores", lang)
    lines = []
    for who, found in (("base", report.base), ("tuned", report.tuned)):
        low, high = found.interval
        values = {"count": found.count, "share": f"{found.share:.0%}", "low": f"{low:.0%}", "high": f"{high:.0%}"}
        lines.append(say(f"readme.score_{who}", lang, **values))
    return "\n".join(lines)
