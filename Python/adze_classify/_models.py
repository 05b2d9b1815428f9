# The classifier, the embedder and the reranker: their arguments, and what their calls give. Not here: pipes, processes.
from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Optional, TypeVar, Union, overload

from ._answers import Prediction, Ranked, Text, TextError, decoded, encoded, listed, prediction
from ._process import Process

Path = Union[str, "os.PathLike[str]"]
Self = TypeVar("Self", bound="Model")


class Model:
    """What the three have in common: an adze, and the arguments that it is started with. `options` are further ones, as
    on the command line, such as ["--long", "window"]."""

    _verb = ""

    def __init__(
        self, model: Path, *, precision: Optional[str] = None, threads: Optional[int] = None,
        max_length: Optional[int] = None, binary: Optional[Path] = None, options: Sequence[str] = (),
    ) -> None:  # fmt: skip
        if not isinstance(model, (str, os.PathLike)):
            raise TypeError(f"model: expected a path, found {type(model).__name__}")
        path = os.fspath(model)
        if not path or "\0" in path:
            raise ValueError("model: expected the path of a file or folder, or @sentiment")
        if isinstance(options, str) or not all(isinstance(option, str) for option in options):
            raise TypeError("options: expected a list of strings, such as ['--long', 'window']")
        if precision not in (None, "int8", "fp32"):
            raise ValueError(f"precision: expected int8 or fp32, found {precision!r}")
        arguments = [self._verb, "--json", "--quiet", "--format", "jsonl", "-i", "-"]
        arguments += ["--precision", precision] if precision else []
        for name, value in (("threads", threads), ("max_length", max_length)):
            arguments += [] if value is None else ["--" + name.replace("_", "-"), str(_positive(name, value))]
        # Behind -- nothing is taken for an option.
        self._arguments = [*arguments, *options, "--", path]
        self._binary = None if binary is None else os.fspath(binary)
        self._process = Process(self._binary, self._arguments)

    def close(self) -> None:
        """Ends its adze; later calls raise ValueError."""
        self._process.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_process"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._process = Process(self._binary, self._arguments)

    def _answers(self, texts: list[Text]) -> list[Union[dict[str, Any], TextError]]:
        """An answer or an error for each text, in order."""
        rows = [encoded(text, index) for index, text in enumerate(texts)]
        answers = iter(self._process.ask([row for row in rows if isinstance(row, bytes)]))
        return [
            row if isinstance(row, TextError) else decoded(next(answers), index) for index, row in enumerate(rows)
        ]  # fmt: skip


class Classifier(Model):
    """Labels texts, or pairs of texts, as `adze predict` does."""

    _verb = "predict"

    def __init__(
        self, model: Path, *, precision: str = "int8", threads: Optional[int] = None, top_k: int = 1,
        max_length: Optional[int] = None, binary: Optional[Path] = None, options: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._top_k = _positive("top_k", top_k)
        self._classes: list[str] = []
        super().__init__(
            model, precision=precision, threads=threads, max_length=max_length, binary=binary, options=options
        )

    @overload
    def __call__(self, texts: str) -> Prediction: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, texts: Iterable[Text]) -> list[Prediction]: ...
    @overload
    def __call__(self, texts: Iterable[Text], *, errors: str) -> Any: ...
    def __call__(self, texts: Iterable[Text], *, errors: str = "raise") -> Any:
        """A prediction for a string, and a list of them for an iterable of strings and pairs (tuples of two strings).
        errors="return" leaves a TextError in the place of a text that has none."""
        if errors not in ("raise", "return"):
            raise ValueError(f"errors: expected raise or return, found {errors!r}")
        results = self._predictions(texts, self._top_k)
        results = results if errors == "return" else _checked(results)
        return results[0] if isinstance(texts, str) else results

    def scores(self, texts: Iterable[Text]) -> list[dict[str, float]]:
        """The probabilities of all labels by label, or what else the model's scores are."""
        return [result.scores for result in _checked(self._predictions(texts, 1))]

    def predict(self, texts: Iterable[Text]) -> Any:
        """The labels, None where it abstained: an array where numpy is installed, else a list."""
        return _array([result.label for result in _checked(self._predictions(texts, 1))])

    def predict_proba(self, texts: Iterable[Text]) -> Any:
        """A row for each text, in the order of `classes_`: an array where numpy is installed, else lists."""
        return _array([list(scores.values()) for scores in self.scores(texts)])

    @property
    def classes_(self) -> list[str]:
        """The labels in the model's order; asks about an empty text where nothing was asked yet."""
        if not self._classes:
            _checked(self._predictions([""], 1))
        return list(self._classes)

    def _predictions(self, texts: Iterable[Text], top_k: int) -> list[Any]:
        answers = self._answers(listed(texts, pairs=True))
        results = [answer if isinstance(answer, TextError) else prediction(answer, top_k) for answer in answers]
        for answer in answers:
            if not self._classes and not isinstance(answer, TextError):
                self._classes = list(answer["scores"])
        return results


class Embedder(Model):
    """Computes sentence vectors as `adze embed` does."""

    _verb = "embed"

    @overload
    def __call__(self, texts: str) -> list[float]: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, texts: Iterable[str]) -> list[list[float]]: ...
    def __call__(self, texts: Iterable[str]) -> Any:
        """A vector for a string, and a list of them for an iterable of strings."""
        vectors = [answer["embedding"] for answer in _checked(self._answers(listed(texts, pairs=False)))]
        return vectors[0] if isinstance(texts, str) else vectors


class Reranker(Model):
    """Orders texts by how well they answer a query, as `adze rerank` does. That reads one query a process, so that each
    call starts one, which opens the model anew and ends with the call."""

    _verb = "rerank"

    def __call__(self, query: str, texts: Iterable[str], top_k: Optional[int] = None) -> list[Ranked]:
        """The best `top_k` texts, or all, the best first. Meanwhile the system's list of processes shows the query."""
        if not isinstance(query, str):
            raise TypeError(f"query: expected a string, found {type(query).__name__}")
        line = encoded(query, 0)
        # No program's argument has a NUL, and on Linux none has 128 KiB.
        if isinstance(line, TextError) or not query.strip() or "\0" in query or len(query.encode()) >= 1 << 17:
            raise ValueError("query: expected less than 128 KiB of Unicode text, without NUL, and not spaces alone")
        limit = None if top_k is None else _positive("top_k", top_k)
        self._process.check_open()
        rows = listed(texts, pairs=False)
        lines = _checked([encoded(text, index) for index, text in enumerate(rows)])
        answers = self._process.ask_once(query.encode(), lines) if lines else []
        # Adze leaves out what has no score. Asked for all, it shows which these are.
        if missing := set(range(len(rows))) - {answer["index"] for answer in answers}:
            raise TextError(min(missing), "it has no score")
        best = answers[:limit]
        return [Ranked(row["index"], row["score"], row["logit"], str(rows[row["index"]])) for row in best]


def _checked(results: list[Any]) -> list[Any]:
    for result in results:
        if isinstance(result, TextError):
            raise result
    return results


def _positive(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: expected an integer, found {type(value).__name__}")
    if value < 1:
        raise ValueError(f"{name}: expected 1 or more, found {value}")
    return value


def _array(values: list[Any]) -> Any:
    try:
        return importlib.import_module("numpy").array(values)
    except ImportError:
        return values
