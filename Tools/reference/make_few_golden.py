#!/usr/bin/env python3
# Makes Tests/Fixtures/training/logistic.json: what scikit-learn's LogisticRegression, the head of SetFit, finds at its
# defaults on small sets of vectors.
"""Golden data of logistic regression.

    python Tools/reference/make_few_golden.py

Needs numpy and scikit-learn in the versions of requirements.txt beside this file. scikit-learn stops early by default; here
it goes on until its gradient is below 1e-12. Of two classes `coefficients` has one row, as there: that of the second
against the first. What learning from pairs is compared with is made by make_mean_golden.py.
"""

import numpy
from sklearn.linear_model import LogisticRegression

from golden import FIXTURES, write_json

# A name, vectors, their size, classes, and whether vectors have length 1.
CASES = [
    ("two", 12, 6, 2, False), ("two, of length 1", 16, 8, 2, True), ("three", 20, 5, 3, False),
    ("seven, of length 1", 42, 9, 7, True), ("four of unlike sizes, long vectors", 24, 4, 4, False),
]


def case(number, name, count, size, classes, normalizes):
    generator = numpy.random.default_rng(number)
    labels = numpy.arange(count) % classes
    if "unlike" in name:
        labels = numpy.minimum(numpy.arange(count) // 3, classes - 1)
    centres = generator.normal(size=(classes, size))
    vectors = centres[labels] + generator.normal(size=(count, size))
    if "long" in name:
        vectors *= 5
    if normalizes:
        vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors.astype(numpy.float32).astype(numpy.float64)
    model = LogisticRegression(tol=1e-12, max_iter=1_000_000, solver="newton-cg").fit(vectors, labels)
    # The two solvers that find the minimum by gradients agree.
    other = LogisticRegression(tol=1e-10, max_iter=1_000_000).fit(vectors, labels)
    assert numpy.abs(model.coef_ - other.coef_).max() < 1e-5, numpy.abs(model.coef_ - other.coef_).max()
    return {
        "name": name, "classes": classes, "size": size, "labels": labels.tolist(),
        "vectors": [float(value) for value in vectors.ravel()],
        "coefficients": [float(value) for value in model.coef_.ravel()],
        "intercepts": [float(value) for value in model.intercept_],
    }


if __name__ == "__main__":
    cases = [case(number, *values) for number, values in enumerate(CASES)]
    write_json(FIXTURES / "training" / "logistic.json", cases)
    for made in cases:
        print(made["name"], [round(value, 4) for value in made["intercepts"]])
