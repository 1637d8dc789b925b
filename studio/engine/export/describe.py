"""What goes with every exported model: a README in two languages, and the job that made it.

Knows no weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from studio.config import RunConfig
from studio.contract import Job
from studio.engine import catalog, load
from studio.evaluation import report as reports
from studio.formats import FORMATS
from studio.heads import HEADS
from studio.jobfile import JobFile
from studio.methods import METHODS
from studio.words import LANGS, Lang, say

README: Mapping[Lang, str] = {"en": "README.md", "zh": "README.zh.md"}


def describe(job: Job, format: str, draft: Path) -> None:
    """README in both languages, and the job that made it."""
    (draft / "job.yaml").write_text(JobFile(job.config).text(), encoding="utf-8")
    for lang in LANGS:
        (draft / README[lang]).write_text(readme(job, format, lang), encoding="utf-8")


def readme(job: Job, format: str, lang: Lang) -> str:
    """What it is, what it learned, how well, and code that runs as it stands."""
    # peft 0.21 loses virtual tokens from the cache of transformers 5
    more = ", use_cache=False" if METHODS[job.config.method].ahead else ""
    head = HEADS[catalog.head_of(catalog.check(job.model_dir)["model_type"])].readme
    labels = json.dumps(job.splits.labels, ensure_ascii=False)
    code = say(f"readme.code_{format}_{head}", lang, question=_question(job), labels=labels, more=more)
    return say(
        "readme.page",
        lang,
        what=say(f"readme.{format}", lang, method=METHODS[job.config.method].title),
        base=catalog.public_name(job.config.model),
        method=_method(job.config),
        rows=len(job.splits.train),
        epochs=job.config.epochs,
        task=say(f"readme.{job.config.task}_{head}", lang, labels=" · ".join(job.splits.labels)),
        scores=_scores(job, lang),
        install="pip install " + " ".join(FORMATS[format].needs),
        code=code.strip(),
    ).lstrip()


def _method(config: RunConfig) -> str:
    """Its name, with the first of its own settings and those that were changed: LoRA (rank 16)."""
    method = METHODS[config.method]
    told = [f"{knob} {getattr(config, knob)}" for knob in method.knobs if knob in (method.knobs[0], *config.changed)]
    return f"{method.title} ({', '.join(told)})" if told else method.title


def _question(job: Job) -> str:
    """That of the first row, as Python."""
    return load.encoder(job.model_dir, job.splits, job.config.max_length).as_code(job.splits.train[0])


def _scores(job: Job, lang: Lang) -> str:
    """One line per score of the report card, or that there is none yet."""
    path = job.run_dir / "report.json"
    report = reports.read(path.read_bytes()) if path.is_file() else None
    if report is None:
        return say("readme.no_scores", lang)
    lines = []
    for who, found in (("base", report.base), ("tuned", report.tuned)):
        if not found.count:
            lines.append(say("readme.not_taught", lang))
            continue
        low, high = found.interval
        values = {"count": found.count, "share": f"{found.share:.0%}", "low": f"{low:.0%}", "high": f"{high:.0%}"}
        lines.append(say(f"readme.score_{who}", lang, **values))
    return "\n".join(lines)
