"""What needs no language model: the most frequent label, counting letters, and looking up the most similar question.

Knows no run and no report. Reports, suggestions and the starter's card all mean these by "the simple method".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from studio.contract import Prediction
from studio.data.teaching.languages import units

TIMID = 2.0  # with few rows counting letters is surer of what it has not seen than it says, a tuned model less sure
COMPARED_AT_ONCE = 64  # questions, each with all that were taught
Pairs = Sequence[tuple[str, str]]  # text, label
Answers = Callable[[Sequence[str]], list[Prediction]]


def most_frequent(pairs: Pairs) -> str:
    """The label that most rows carry."""
    return Counter(label for _, label in pairs).most_common(1)[0][0]


def letters(pairs: Pairs) -> Answers | None:
    """Logistic regression on letters (TF-IDF, runs of one to three), learned from `pairs` within seconds.

    None where there is nothing to tell apart: fewer than two labels, or no letter in any text.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    if len(set(labels)) < 2 or not any(map(str.strip, texts)):
        return None
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=1000),
    )
    model.fit(texts, labels)
    names = [str(label) for label in model.classes_]

    def answers(asked: Sequence[str]) -> list[Prediction]:
        shares = model.predict_proba(list(asked)).tolist() if asked else []
        return [_prediction(dict(zip(names, row, strict=True))) for row in shares]

    return answers


def nearest(pairs: Pairs) -> Answers | None:
    """The answer of the taught question that is most like the one asked: cosine of TF-IDF over letters (runs of one to
    three) and, with the same say, over words. None where no question has a letter."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    texts = [text for text, _ in pairs]
    if not any(map(str.strip, texts)):
        return None
    features = make_union(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        TfidfVectorizer(analyzer=units, sublinear_tf=True),
    )
    try:
        known = features.fit_transform(texts)
    except ValueError:  # texts of signs alone, which have no word
        return None

    def answers(asked: Sequence[str]) -> list[Prediction]:
        parts = (asked[start : start + COMPARED_AT_ONCE] for start in range(0, len(asked), COMPARED_AT_ONCE))
        alike = ((features.transform(list(part)) @ known.T).toarray() for part in parts)
        return [Prediction(pairs[place][1]) for part in alike for place in np.argmax(part, axis=1).tolist()]

    return answers


def together(tuned: Prediction, simple: Prediction) -> Prediction:
    """The two votes as one: each label's probabilities multiplied, the simple method's as often as TIMID says. Their
    mistakes differ, so this is mostly better than either; what the simple method never met has its vote against it."""
    votes = simple.probabilities
    shares = {label: share * votes.get(label, 0.0) ** TIMID for label, share in tuned.probabilities.items()}
    total = sum(shares.values())
    return _prediction({label: share / total for label, share in shares.items()}) if total else tuned


def beats(simple: Sequence[bool], tuned: Sequence[bool]) -> bool:
    """Whether the simple method has clearly more of the same rows right: by more than one standard error of the rows on
    which the two differ (as McNemar's test counts). Many rows that both have right tell nothing of which is better."""
    wins = sum(one and not other for one, other in zip(simple, tuned, strict=True))
    losses = sum(other and not one for one, other in zip(simple, tuned, strict=True))
    return wins - losses > math.sqrt(wins + losses)


def _prediction(shares: dict[str, float]) -> Prediction:
    best = max(shares, key=shares.__getitem__)
    return Prediction(best, shares[best], shares)
