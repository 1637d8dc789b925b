"""What goes with every exported model: a README in two languages, and the job that made it.

Knows no weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from studio.contract import Job
from studio.engine import catalog
from studio.engine.objectives import OBJECTIVES
from studio.evaluation import report as reports
from studio.formats import FORMATS
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
    example = job.splits.train[0]
    question = OBJECTIVES[job.config.task].question(example.text, job.splits.labels)
    code = say(f"readme.code_{format}", lang, question=json.dumps(question, ensure_ascii=False))
    return say(
        "readme.page",
        lang,
        what=say(f"readme.{format}", lang),
        base=catalog.public_name(job.config.model),
        method=METHODS[job.config.method].title,
        rank=job.config.rank,
        rows=len(job.splits.train),
        epochs=job.config.epochs,
        task=say(f"readme.{job.config.task}", lang, labels=" · ".join(job.splits.labels)),
        scores=_scores(job, lang),
        install="pip install " + " ".join(FORMATS[format].needs),
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
