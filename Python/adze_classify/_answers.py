# Texts on their way to adze and answers on their way back, a JSON line each. Not here: the process between them.
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Optional, Union

Text = Union[str, tuple[str, str]]


class AdzeError(Exception):
    """Adze is not found, has crashed, or refuses its model or options."""


class TextError(AdzeError):
    """A text that cannot be answered, by its index from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(index, reason)  # both, so that it can be pickled
        self.index, self.reason = index, reason

    def __str__(self) -> str:
        return f"text {self.index}: {self.reason}"


@dataclass(frozen=True)
class Prediction:
    """A classifier's answer to a text."""

    label: Optional[str]  # None where the classifier abstained
    score: float
    scores: dict[str, float]  # of all labels in the model's order; with top_k over 1 of so many, the best first
    logits: tuple[float, ...]  # of all labels, in the model's order
    truncated: int = 0  # tokens that were cut off
    abstained: bool = False
    set: Optional[tuple[str, ...]] = None  # the labels that hold, of a classifier that answers sets


@dataclass(frozen=True)
class Ranked:
    """A text's place in a ranking; `index` is the text's in the list that was given."""

    index: int
    score: float
    logit: float
    text: str


def listed(texts: Iterable[Text], *, pairs: bool) -> list[Text]:
    """The texts, a lone string being one; TypeError for anything that is no text."""
    if isinstance(texts, str):
        return [texts]
    if isinstance(texts, (bytes, bytearray, memoryview, Mapping)) or not isinstance(texts, Iterable):
        raise TypeError(f"expected a string or an iterable of strings, found {type(texts).__name__}")
    rows = list(texts)
    for index, row in enumerate(rows):
        is_pair = pairs and isinstance(row, tuple) and len(row) == 2 and all(isinstance(part, str) for part in row)
        if not is_pair and not isinstance(row, str):
            wanted = "a string or a pair of strings" if pairs else "a string"
            raise TypeError(f"text {index}: expected {wanted}, found {type(row).__name__}")
    return rows


def encoded(text: Text, index: int) -> Union[bytes, TextError]:
    """The text's line; half of a surrogate pair, which a string of Python may hold, has none."""
    row = {"text": text} if isinstance(text, str) else {"text": text[0], "text_pair": text[1]}
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        # Returned and not raised from here: its cause would hold the text, and logs show causes.
        return TextError(index, "half of a surrogate pair is no Unicode text")


def decoded(answer: dict[str, Any], index: int) -> Union[dict[str, Any], TextError]:
    """The answer, or the error in its place, without adze's count of lines, which began before this call."""
    return TextError(index, re.sub(r"^line \d+: ", "", answer["error"])) if "error" in answer else answer


def prediction(answer: dict[str, Any], top_k: int) -> Prediction:
    if "label" not in answer or "scores" not in answer:
        raise AdzeError(f"the model is no text classifier: it answers {', '.join(answer)}")
    scores = answer["scores"]
    if top_k > 1:
        # Here and not by --top-k, so that one process serves predict_proba too.
        scores = dict(sorted(scores.items(), key=lambda item: -item[1])[:top_k])
    return Prediction(
        answer["label"], answer["score"], scores, tuple(answer["logits"]), answer.get("truncated", 0),
        answer.get("abstained", False), tuple(answer["set"]) if "set" in answer else None,
    )  # fmt: skip
