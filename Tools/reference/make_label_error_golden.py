#!/usr/bin/env python3
# Writes Tests/Fixtures/label-errors.json: what cleanlab says of some predictions.
"""Golden data of the search for wrong labels. Every case is small, seeded, and there for the reason that its name says."""

import json
import pathlib

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "label-errors.json"
random = np.random.default_rng(11)


def predictions(rows, labels, sharpness, spoiled):
    """Labels of which a share is wrong, and probabilities that mostly know better; four digits, so that the file is small."""
    truth = random.integers(labels, size=rows)
    given = np.where(random.random(rows) < spoiled, random.integers(labels, size=rows), truth)
    logits = random.normal(size=(rows, labels)) + sharpness * np.eye(labels)[truth]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    shares = np.round(shares, 4)
    shares[:, 0] += 1 - shares.sum(axis=1)
    return given, np.round(shares, 4)


def confident(given, shares):
    joint = compute_confident_joint(given, shares, calibrate=False)
    suspects = find_label_issues(
        given, shares, filter_by="confident_learning", return_indices_ranked_by="self_confidence", n_jobs=1)
    counts = np.bincount(given, minlength=shares.shape[1])
    scaled = joint / joint.sum(axis=1, keepdims=True) * counts[:, None]
    return {
        "labels": given.tolist(), "probabilities": shares.tolist(),
        "thresholds": [float(t) if t <= 1 else None for t in get_confident_thresholds(given, shares)],
        "suspects": suspects.tolist(), "estimatedErrors": float(scaled.sum() - np.trace(scaled)),
    }


cases = {
    "confident": {
        "three labels, a fifth wrong": confident(*predictions(60, 3, 2.5, 0.2)),
        "two labels": confident(*predictions(40, 2, 2.0, 0.3)),
        "unsure predictions": confident(*predictions(50, 5, 0.5, 0.1)),
        "no label wrong": confident(*predictions(30, 3, 6.0, 0.0)),
        "a label that no row bears": confident(
            *(lambda given, shares: (np.where(given == 2, 0, given), shares))(*predictions(40, 4, 2.0, 0.2))),
    },
}
lines = []
for kind, named in cases.items():
    inner = ",\n".join(f"  {json.dumps(name)}: {json.dumps(case)}" for name, case in named.items())
    lines.append(f" {json.dumps(kind)}: {{\n{inner}\n }}")
OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
