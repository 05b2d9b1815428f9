"""Writes Tests/Fixtures/models/rerank.json: what sentence-transformers' CrossEncoder scores pairs with, for each way in
which a model's files name its activation. The model is the fixture `seqcls-regression`, whose one logit is the score's.

Usage: make_rerank_golden.py; needs sentence-transformers 6.2.0 beside the requirements.
"""
import json
import pathlib
import shutil
import tempfile

from sentence_transformers import CrossEncoder

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "models"
QUERY = "what is carved down to size?"
TEXTS = ["a model of wood", "the adze", "", "carved down to size, again and again " * 12, "the adze", "what is it? 12 models"]
IDENTITY, SIGMOID, TANH = ("torch.nn.modules.linear.Identity", "torch.nn.modules.activation.Sigmoid",
                           "torch.nn.modules.activation.Tanh")
# Members of config.json, and the content of config_sentence_transformers.json where there is one.
CASES = {
    "none": ({}, None),
    "identity": ({"sentence_transformers": {"activation_fn": IDENTITY, "version": "5.0.0"}}, None),
    "old key": ({"sbert_ce_default_activation_function": TANH}, None),
    "both keys": ({"sbert_ce_default_activation_function": TANH, "sentence_transformers": {"activation_fn": SIGMOID}}, None),
    "not torch's": ({"sentence_transformers": {"activation_fn": "mine.Activation"}}, None),
    "own file": ({"sentence_transformers": {"activation_fn": TANH}}, {"activation_fn": IDENTITY, "model_type": "CrossEncoder"}),
}


def folder(case, root):
    members, own = CASES[case]
    target = pathlib.Path(root) / "model"
    shutil.copytree(FIXTURES / "seqcls-regression", target)
    config = json.loads((target / "config.json").read_text())
    (target / "config.json").write_text(json.dumps({**config, **members}))
    if own is not None:
        saved = pathlib.Path(root) / "saved"
        CrossEncoder(str(target), device="cpu").save_pretrained(str(saved))
        (saved / "config_sentence_transformers.json").write_text(json.dumps(own))
        return saved
    return target


def main():
    cases = []
    for case, (members, own) in CASES.items():
        with tempfile.TemporaryDirectory() as root:
            model = CrossEncoder(str(folder(case, root)), device="cpu")
            scores = model.predict([(QUERY, text) for text in TEXTS])
            ranks = [entry["corpus_id"] for entry in model.rank(QUERY, TEXTS)]
        cases.append({"name": case, "config": members, "own": own, "scores": [float(score) for score in scores], "ranks": ranks})
    golden = {"query": QUERY, "texts": TEXTS, "cases": cases}
    (FIXTURES / "rerank.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
