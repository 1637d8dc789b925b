"""What was taken home, asked there in plain transformers and peft, held against what the studio answers.

Knows no table. Each function is handed a session, its job, the exported folder and the format.
"""

from __future__ import annotations

import json
from itertools import takewhile
from pathlib import Path
from typing import Any

SHORT = 8  # tokens of an answer that is compared


def causal_difference(session: Any, job: Any, out: Path, format: str) -> float:
    """The largest difference of a score of the next token, in AutoModelForCausalLM or, beside the base, in peft."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from studio.engine.session import open_model

    tuned = open_model(job)
    if format == "merged":
        plain = AutoModelForCausalLM.from_pretrained(out).eval()
    else:
        plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(job.model_dir), str(out)).eval()
    worst = 0.0
    for example in job.splits.test[:2]:
        first, *rest = tuned.encoder(job).encode(example).prompt
        with torch.no_grad():
            found = plain(torch.tensor([[first, *rest]]), use_cache=False).logits[0, -len(rest) - 1 :]
        worst = max(worst, float((found - tuned.head.replay(tuned, (first,), tuple(rest))).abs().max()))
    return worst


def _classifier(job: Any, out: Path, format: str) -> Any:
    """By transformers, or, of what stands beside its base, by peft."""
    from peft import PeftModel
    from transformers import AutoModelForSequenceClassification as Classifier

    if format == "merged":
        return Classifier.from_pretrained(out)
    named = dict(enumerate(job.splits.labels))
    back = {label: place for place, label in named.items()}
    base = Classifier.from_pretrained(job.model_dir, ignore_mismatched_sizes=True, id2label=named, label2id=back)
    return PeftModel.from_pretrained(base, str(out)).eval()


def sequence_difference(session: Any, job: Any, out: Path, format: str) -> float:
    """The largest difference of a probability in pipeline("text-classification")."""
    from transformers import AutoTokenizer, pipeline

    from studio.data import asking

    words = AutoTokenizer.from_pretrained(out)
    ask = pipeline("text-classification", model=_classifier(job, out, format), tokenizer=words, top_k=None)
    worst = 0.0
    for example in job.splits.test:
        theirs = {one["label"]: one["score"] for one in ask([example.text])[0]}
        (ours,) = session.classify([asking.of(example)], True)
        worst = max(worst, *(abs(ours.probabilities[label] - share) for label, share in theirs.items()))
    return worst


def seq2seq_difference(session: Any, job: Any, out: Path, format: str) -> float:
    """0 where AutoModelForSeq2SeqLM says the same, word by word, else 1. It is let go on for one token more, for BART's
    kind has to end with its last."""
    from peft import PeftModel
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from studio.engine.session import open_model

    merged = format == "merged"
    plain = AutoModelForSeq2SeqLM.from_pretrained(out if merged else job.model_dir)
    plain = plain if merged else PeftModel.from_pretrained(plain, str(out)).eval()
    words, tuned = AutoTokenizer.from_pretrained(out), open_model(job)
    for example in job.splits.test:
        encoder = tuned.encoder(job)
        prompt, asked = encoder.encode(example).prompt, json.loads(encoder.as_code(example))
        read = words(asked, return_tensors="pt", return_token_type_ids=False)
        said = plain.generate(**read, max_new_tokens=SHORT + 1)
        (ours,) = tuned.head.say(tuned, [prompt], "tuned", SHORT)
        if list(takewhile(lambda number: number not in tuned.end_ids, said[0, 1 : SHORT + 1].tolist())) != list(ours):
            return 1.0
    return 0.0


DIFFERENCES = {"causal": causal_difference, "sequence": sequence_difference, "seq2seq": seq2seq_difference}
