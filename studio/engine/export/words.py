"""The tokenizer that goes home: its chat template puts conversations below the system text of what was taught.

Knows no weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.contract import Job
from studio.data import asking
from studio.data.chat_template import ChatTemplate


def save(tokenizer: Any, job: Job, draft: Path) -> None:
    """Writes it into `draft`; the given one stays as it is."""
    own = tokenizer.chat_template
    if own:
        tokenizer.chat_template = ChatTemplate(tokenizer).below(asking.system_text(job.splits))
    tokenizer.save_pretrained(draft)
    tokenizer.chat_template = own
