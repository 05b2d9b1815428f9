# What `import adze_classify` gives: the three models, their answers and errors. Not here: how any of it works.
"""Text classifiers, sentence vectors and rerankers of the BERT family on CPU, computed by the program adze."""

from ._answers import AdzeError, Prediction, Ranked, TextError
from ._models import Classifier, Embedder, Reranker

__all__ = ["AdzeError", "Classifier", "Embedder", "Prediction", "Ranked", "Reranker", "TextError"]
