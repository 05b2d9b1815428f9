"""Fits the polynomials of Sources/CKernels/elementary.inc.h and prints their coefficients and errors.

Needs numpy, scipy and mpmath. The fits are weighted least squares at Chebyshev nodes, which is within a few per cent of
the minimax error and needs no exchange algorithm. Errors are of the fp32 evaluation, against 40-digit values.
"""
import mpmath as mp
import numpy as np
from numpy.polynomial import chebyshev
from scipy.special import erf

mp.mp.dps = 40


def fit(function, low, high, degree, weight=None, nodes=400):
    """Coefficients, constant first, of a polynomial in t in [-1, 1] that maps to [low, high]."""
    t = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    u = (t + 1) / 2 * (high - low) + low
    values = np.array([float(function(mp.mpf(v))) for v in u])
    return chebyshev.cheb2poly(chebyshev.chebfit(t, values, degree, w=None if weight is None else weight(u)))


def horner_fma(coefficients, t):
    """Evaluates in fp32 with one rounding a step, as the kernels do."""
    result = np.full_like(t, np.float32(coefficients[-1]))
    for a in coefficients[-2::-1]:
        result = (result.astype(np.float64) * t + np.float32(a)).astype(np.float32)
    return result


def show(name, coefficients):
    print(name, ", ".join(f"{np.float32(c):.9g}f" for c in coefficients))


def erf_over_sqrt2():
    """erf(x / sqrt 2) = x p(t), t = 2 x^2 / 5.5^2 - 1, for |x| <= 5.5."""
    limit = 5.5
    c = fit(lambda u: mp.erf(mp.sqrt(u / 2)) / mp.sqrt(u), 0, limit**2, 15, weight=lambda u: np.sqrt(u) + 0.05)
    show("erf", c)
    x = np.linspace(0, limit, 400_001).astype(np.float32)
    t = (x * x * np.float32(2 / limit**2) - np.float32(1)).astype(np.float32)
    print("  max abs error", np.abs(horner_fma(c, t) * x - erf(x.astype(np.float64) / np.sqrt(2))).max())


def exponential():
    """exp(r) = 1 + r + r^2 q(r), |r| <= ln 2 / 2."""
    half = float(mp.log(2)) / 2
    q = lambda r: (mp.exp(r) - 1 - r) / r**2 if abs(r) > mp.mpf("1e-12") else mp.mpf(1) / 2
    c = fit(q, -half, half, 4)
    c = c / half ** np.arange(5)
    show("exp", c)
    r = np.linspace(-half, half, 400_001).astype(np.float32)
    value = horner_fma(np.concatenate([[1, 1], c]), r)
    exact = np.exp(r.astype(np.float64))
    print("  max relative error", np.abs(value / exact - 1).max())


if __name__ == "__main__":
    erf_over_sqrt2()
    exponential()
