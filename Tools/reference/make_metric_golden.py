#!/usr/bin/env python3
# Writes Tests/Fixtures/metrics/golden.json: answers and truths, and what scikit-learn and scipy score them.
"""Golden scores. Every case is small, seeded, and there for one reason, which its name says."""

import json
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "metrics" / "golden.json"
random = np.random.default_rng(7)
warnings.simplefilter("ignore")


def averages(truth, said, average, **more):
    p, r, f, _ = metrics.precision_recall_fscore_support(truth, said, average=average, zero_division=0, **more)
    return {"precision": p, "recall": r, "f1": f}


def calibration(truth, probabilities, bins=15):
    """Mean |accuracy - confidence| over bins ](k - 1)/15, k/15], written with masks and not as Adze has it."""
    confidence, said = probabilities.max(axis=1), probabilities.argmax(axis=1)
    edges, total = np.linspace(0, 1, bins + 1), 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = (said[inside] == truth[inside]).mean() - confidence[inside].mean()
            total += inside.mean() * abs(gap)
    return total


def single(truth, probabilities):
    truth, probabilities = np.array(truth), np.array(probabilities, dtype=np.float64)
    said, every = probabilities.argmax(axis=1), np.arange(probabilities.shape[1])
    p, r, f, support = metrics.precision_recall_fscore_support(truth, said, labels=every, zero_division=0)
    return {
        "truth": truth, "probabilities": probabilities, "accuracy": metrics.accuracy_score(truth, said),
        "precision": p, "recall": r, "f1": f, "support": support,
        "macro": averages(truth, said, "macro"), "macroOfAll": averages(truth, said, "macro", labels=every),
        "micro": averages(truth, said, "micro"), "weighted": averages(truth, said, "weighted"),
        "mcc": metrics.matthews_corrcoef(truth, said), "ece": calibration(truth, probabilities),
        "logLoss": metrics.log_loss(truth, probabilities, labels=every),
        "confusion": metrics.confusion_matrix(truth, said, labels=every),
    }


def multiple(truth, said):
    truth, said = np.array(truth), np.array(said)
    p, r, f, support = metrics.precision_recall_fscore_support(truth, said, average=None, zero_division=0)
    return {
        "truth": truth, "said": said, "subsetAccuracy": metrics.accuracy_score(truth, said),
        "precision": p, "recall": r, "f1": f, "support": support,
        **{name: averages(truth, said, name) for name in ["micro", "macro", "weighted", "samples"]},
    }


def number(truth, said):
    def finite(value):
        return float(value) if np.isfinite(value) else None

    many = len(truth) > 1
    return {
        "truth": truth, "said": said, "mse": metrics.mean_squared_error(truth, said),
        "mae": metrics.mean_absolute_error(truth, said), "r2": finite(metrics.r2_score(truth, said)),
        "pearson": finite(stats.pearsonr(truth, said).statistic) if many else None,
        "spearman": finite(stats.spearmanr(truth, said).statistic) if many else None,
    }


def answers(n, labels, sharpness=2.0):
    logits = random.normal(size=(n, labels)) * sharpness
    rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    rows = rows.round(6)
    rows[:, 0] = 1 - rows[:, 1:].sum(axis=1)
    return rows


def near(probabilities, rightness=0.7):
    said = probabilities.argmax(axis=1)
    other = random.integers(0, probabilities.shape[1], len(said))
    return np.where(random.random(len(said)) < rightness, said, other)


def singles():
    three, many = answers(50, 3), answers(60, 12, 1.0)
    unused = answers(40, 6)
    unused[:, [1, 4]] = 0  # Label 1 is never said nor true, label 4 is true only.
    unused /= unused.sum(axis=1, keepdims=True)
    truth = near(unused)
    truth[truth == 1], truth[:4] = 0, 4
    sure = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 3)
    return {
        "three": single(near(three), three),
        "twelve": single(near(many, 0.4), many),
        "labelsThatNeverOccur": single(truth, unused),
        "oneActualLabel": single(np.ones(20, dtype=int), answers(20, 2)),
        "oneSaidLabel": single([0, 1, 1, 0, 1], [[0.9, 0.1]] * 5),
        "oneLabelAtAll": single([1, 1], [[0.2, 0.8], [0.3, 0.7]]),
        "allWrong": single([0, 0, 1], [[0.1, 0.9], [0.2, 0.8], [0.7, 0.3]]),
        "certainAndWrong": single([0, 1, 0, 1, 1, 0], sure),
        "ties": single([0, 1, 2, 0], [[0.4, 0.4, 0.2], [0.4, 0.4, 0.2], [0.25, 0.375, 0.375], [0.3, 0.35, 0.35]]),
        "oneExample": single([2], [[0.1, 0.2, 0.7]]),
    }


def multiples():
    truth = (random.random((40, 4)) < 0.4).astype(int)
    said = np.where(random.random((40, 4)) < 0.75, truth, 1 - truth)
    return {
        "four": multiple(truth, said),
        "emptyRows": multiple([[0, 0, 0], [0, 0, 0], [1, 0, 1], [0, 1, 0]], [[0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 1, 0]]),
        "labelsThatNeverOccur": multiple([[1, 0, 0], [1, 0, 0]], [[1, 1, 0], [0, 1, 0]]),
        "nothingAtAll": multiple([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
    }


def numbers():
    truth = (random.random(50) * 10).round().tolist()
    said = [round(x / 2 + y, 1) for x, y in zip(truth, random.normal(size=50).tolist())]
    return {
        "tied": number(truth, said),
        "perfect": number([1.0, 2.5, 4.0], [1.0, 2.5, 4.0]),
        "opposite": number([1.0, 2.0, 3.0], [5.0, 4.0, 3.5]),
        "constantTruth": number([2.0, 2.0, 2.0], [1.0, 2.0, 4.0]),
        "constantTruthRight": number([2.0, 2.0], [2.0, 2.0]),
        "constantAnswers": number([1.0, 2.0, 4.0], [3.0, 3.0, 3.0]),
        "farFromZero": number([1e6 + x / 8 for x in range(20)], [1e6 + x * x / 64 for x in range(20)]),
        "two": number([1.0, 3.0], [2.0, 1.0]),
        "oneExample": number([1.5], [2.5]),
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    OUT.parent.mkdir(parents=True, exist_ok=True)
    cases = {"single": singles(), "multiple": multiples(), "number": numbers()}
    lines = [
        f' "{kind}": {{\n' + ",\n".join(f'  "{name}": {json.dumps(plain(case))}' for name, case in group.items()) + "\n }"
        for kind, group in cases.items()
    ]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
