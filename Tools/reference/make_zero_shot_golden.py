"""Writes Tests/Fixtures/models/zero-shot.json: what transformers' zero-shot-classification pipeline answers, for models of
two and three labels in every order that changes which logit counts, one label and several, and texts that are cut.

The models are fixtures whose labels are called anew. Usage: make_zero_shot_golden.py
"""
import json
import pathlib
import shutil
import tempfile

from transformers import pipeline

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
MODELS = {"two": "models/seqcls-gelu", "three": "families/electra/sequence"}
TEXTS = ["the adze cuts wood", "one day I will see the world and all that is carved in it, again and again and again"]
CASES = [
    ("entailment first", "two", ["entailment", "not_entailment"]),
    ("entailment last", "two", ["CONTRADICTION", "ENTAILMENT"]),
    ("no entailment", "two", ["LABEL_0", "LABEL_1"]),
    ("MNLI", "three", ["contradiction", "neutral", "entailment"]),
    ("entailment before the others", "three", ["entailment", "neutral", "contradiction"]),
    ("entailment between", "three", ["contradiction", "entailment", "neutral"]),
]
# The model of two labels has 16 positions, and where the sentence alone is longer the pipeline cuts nothing and fails.
QUESTIONS = {
    "two": [(["a", "b", "c"], "{}", False), (["a", "b"], "({})", True), (["b"], "{}.", False)],
    "three": [(["wood", "travel", "x"], "{} it is.", False), (["wood", "travel"], "It {}", True), (["wood"], "{}", False)],
}


def main():
    cases = []
    for name, model, labels in CASES:
        with tempfile.TemporaryDirectory() as root:
            folder = pathlib.Path(root) / "model"
            shutil.copytree(FIXTURES / MODELS[model], folder)
            config = json.loads((folder / "config.json").read_text())
            config["id2label"] = {str(index): label for index, label in enumerate(labels)}
            config["label2id"] = {label: index for index, label in enumerate(labels)}
            (folder / "config.json").write_text(json.dumps(config))
            classify = pipeline("zero-shot-classification", model=str(folder))
            answers = []
            for candidates, template, several in QUESTIONS[model]:
                found = classify(TEXTS, candidates, hypothesis_template=template, multi_label=several)
                answers.append({"candidates": candidates, "template": template, "several": several,
                                "answers": [{"labels": one["labels"], "scores": one["scores"]} for one in found]})
        cases.append({"name": name, "model": MODELS[model], "labels": labels, "answers": answers})
    (FIXTURES / "models" / "zero-shot.json").write_text(json.dumps({"texts": TEXTS, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
