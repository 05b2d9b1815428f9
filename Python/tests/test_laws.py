# What holds of the models whatever they answer: order, errors, crashes, forks. Not here: whether labels are right.

import json
import multiprocessing
import os
import pickle
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adze_classify import AdzeError, Classifier, Embedder, Prediction, Reranker, TextError
from adze_classify._process import find_binary

MODELS = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "models"
CLASSIFIER = MODELS / "seqcls-gelu"
MULTILABEL = MODELS / "seqcls-relu-multilabel"
RERANKER = MODELS / "seqcls-regression"
EMBEDDER = MODELS / "sentence-transformers"
TEXTS = ["the adze", "", "a model of wood", "what is it?", 'two\nlines, "a\\tab\t"', "nul\0", "東京 🪵 \u2028\x85", "x"]


def command_line(verb, model, texts, *options, query=()):
    """What the program prints of texts in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "texts.jsonl")
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        run = [find_binary(None), verb, "--json", "--quiet", "-i", path, *options, "--", model, *query]
        printed = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in printed.splitlines()]


def child_of(model):
    return model._process._child


def alive(pid):
    """Whether a process runs; one that has ended and is not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


class Stub:
    """A program in adze's place, which counts its starts."""

    def __init__(self, test, body):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.path, self.starts_path = Path(folder.name, "adze"), Path(folder.name, "starts")
        count = f"with open({str(self.starts_path)!r}, 'a') as file: file.write('x')"
        self.path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{count}\n{body}\n")
        self.path.chmod(stat.S_IRWXU)

    @property
    def starts(self):
        return len(self.starts_path.read_text()) if self.starts_path.exists() else 0


ANSWER = """
def answer(**more):
    print(json.dumps({"label": "a", "score": 1.0, "scores": {"a": 1.0}, "logits": [1.0], **more}), flush=True)
"""


class Answers(unittest.TestCase):
    def test_equal_the_command_line_bit_for_bit(self):
        for model in (CLASSIFIER, MULTILABEL):
            for precision in ("int8", "fp32"):
                expected = command_line("predict", model, TEXTS, "--precision", precision)
                with Classifier(model, precision=precision) as classifier:
                    self.check_equal(classifier(TEXTS), expected)
                    # Each by itself too: no answer depends on its neighbours.
                    self.check_equal([classifier(text) for text in TEXTS], expected)
                    self.assertEqual(classifier.scores(TEXTS), [answer["scores"] for answer in expected])

    def check_equal(self, predictions, expected):
        self.assertEqual(len(predictions), len(expected))
        for prediction, answer in zip(predictions, expected):
            self.assertEqual((prediction.label, prediction.score), (answer["label"], answer["score"]))
            self.assertEqual(list(prediction.scores.items()), list(answer["scores"].items()))
            self.assertEqual(list(prediction.logits), answer["logits"])
            self.assertEqual(prediction.truncated, answer.get("truncated", 0))

    def test_best_labels_are_those_of_top_k(self):
        with Classifier(MULTILABEL, top_k=3) as classifier:
            self.check_equal(classifier(TEXTS), command_line("predict", MULTILABEL, TEXTS, "--top-k", "3"))
            self.assertEqual(len(classifier.scores("x")[0]), 4)

    def test_vectors_equal_the_command_line_bit_for_bit(self):
        with Embedder(EMBEDDER) as embedder:
            vectors = embedder(TEXTS)
            self.assertEqual(vectors, [row["embedding"] for row in command_line("embed", EMBEDDER, TEXTS)])
            self.assertEqual(embedder(TEXTS[0]), vectors[0])

    def test_rankings_equal_the_command_line_bit_for_bit(self):
        rows = command_line("rerank", RERANKER, TEXTS, query=["-what?"])
        expected = [(row["index"], row["score"], row["logit"], row["text"]) for row in rows]
        with Reranker(RERANKER) as rerank:
            places = [(place.index, place.score, place.logit, place.text) for place in rerank("-what?", TEXTS)]
            self.assertEqual(places, expected)
            self.assertEqual([place.index for place in rerank("-what?", TEXTS, 2)], [row[0] for row in expected[:2]])
            self.assertEqual(rerank("what?", []), [])

    def test_sets_and_abstentions_are_kept(self):
        with Classifier(MULTILABEL, options=["--threshold", "0.4"]) as classifier:
            some = classifier("a")
            self.assertIn(some.label, some.set)
            self.assertFalse(some.abstained)
        with Classifier(MULTILABEL, options=["--threshold", "0.99"]) as classifier:
            none = classifier("a")
            self.assertEqual((none.label, none.abstained, none.set), (None, True, ()))
            self.assertEqual(list(classifier.predict(["a"])), [None])

    def test_long_texts_say_how_much_was_cut(self):
        with Classifier(CLASSIFIER) as classifier:
            self.assertGreater(classifier("the adze " * 3000).truncated, 1000)
            self.assertEqual(classifier("the adze").truncated, 0)

    def test_order_is_kept(self):
        texts = [f"{index % 89} models of {index % 97} beams" for index in range(3000)]
        with Classifier(CLASSIFIER) as classifier:
            alone = {text: classifier(text) for text in texts[:50]}
            answers = classifier(iter(texts))
        self.assertEqual(answers[:50], [alone[text] for text in texts[:50]])

    def test_many_texts_do_not_deadlock(self):
        with Classifier(CLASSIFIER) as classifier:
            self.assertEqual(len(classifier(["the adze is here"] * 100_000)), 100_000)

    def test_answers_larger_than_pipes_do_not_deadlock(self):
        with Embedder(EMBEDDER) as embedder:
            self.assertEqual(len(embedder(["word " * 2000] * 300)), 300)

    def test_like_scikit_learn(self):
        with Classifier(MULTILABEL) as classifier:
            self.assertEqual(classifier.classes_, ["oak", "ash", "elm", "yew"])
            best, rows = classifier.predict(TEXTS), classifier.predict_proba(TEXTS)
            for label, row in zip(best, rows):
                self.assertEqual(label, classifier.classes_[list(row).index(max(row))])

    def test_pairs_are_tuples_and_a_string_is_one_text(self):
        with Classifier(CLASSIFIER) as classifier:
            self.assertIsInstance(classifier("the adze"), Prediction)
            pair, text, other = classifier([("the adze", "x"), "the adze", "x"])
            self.assertNotEqual(pair, text)
            self.assertEqual(classifier(("the adze", "x")), [text, other])
            self.assertEqual(classifier([]), [])


class Errors(unittest.TestCase):
    def test_have_the_index_of_the_text(self):
        texts = ["a", "b\udc00", "c", "x" * 1_000_000]
        with Classifier(CLASSIFIER) as classifier:
            answers = classifier(texts, errors="return")
            self.assertEqual([getattr(answer, "index", None) for answer in answers], [None, 1, None, 3])
            self.assertIn("surrogate", answers[1].reason)
            self.assertIn("longer than 1000000 bytes", answers[3].reason)
            with self.assertRaises(TextError) as caught:
                classifier(texts)
            self.assertEqual(str(caught.exception), str(answers[1]))
            self.assertIsNone(caught.exception.__context__)
            self.assertEqual(answers[0], classifier("a"))
            copy = pickle.loads(pickle.dumps(answers[1]))
            self.assertEqual((copy.index, copy.reason), (1, answers[1].reason))

    def test_are_counted_by_call_and_not_by_adzes_lines(self):
        with Classifier(MODELS / "nextsentence") as classifier:
            for _ in range(2):
                first, second = classifier(["a", "b"], errors="return")
                self.assertEqual((first.index, second.index), (0, 1))
                self.assertRegex(second.reason, "^the model compares two texts")

    def test_what_is_no_text_is_refused_before_any_is_asked(self):
        stub = Stub(self, "")
        with Classifier("model", binary=stub.path) as classifier:
            for texts in (b"a", None, 3, {"a": 1}):
                with self.assertRaisesRegex(TypeError, "^expected a string or"):
                    classifier(texts)
            for item in (b"a", None, 3.5, ("a",), ("a", None), ["a", "b"]):
                with self.assertRaisesRegex(TypeError, "^text 1: expected"):
                    classifier(["a", item], errors="return")
        self.assertEqual(stub.starts, 0)
        with Embedder(EMBEDDER) as embedder, self.assertRaisesRegex(TypeError, "expected a string, found tuple"):
            embedder([("a", "b")])

    def test_bad_arguments_are_one_line(self):
        for error, arguments in (
            (TypeError, {"model": 3}), (TypeError, {"threads": "2"}), (TypeError, {"top_k": True}),
            (TypeError, {"options": "--long"}), (ValueError, {"model": ""}), (ValueError, {"model": "a\0b"}),
            (ValueError, {"precision": "int4"}), (ValueError, {"top_k": 0}), (ValueError, {"threads": 0}),
        ):  # fmt: skip
            with self.subTest(arguments), self.assertRaisesRegex(error, "^.+: expected .+$"):
                Classifier(**{"model": CLASSIFIER, **arguments})
        with Reranker(RERANKER) as rerank:
            for query in (" ", "a\0b", "x" * 200_000, "\ud800"):
                with self.assertRaisesRegex(ValueError, "^query: expected"):
                    rerank(query, ["a"])

    def test_a_missing_model_is_said(self):
        with Classifier("no-such-model") as classifier, self.assertRaisesRegex(AdzeError, "'no-such-model': no such"):
            classifier("a")

    def test_another_kind_of_model_is_said(self):
        with Classifier(MODELS / "tokencls") as classifier, self.assertRaisesRegex(AdzeError, "no text classifier"):
            classifier("a")
        with Reranker(CLASSIFIER) as rerank, self.assertRaisesRegex(AdzeError, "has 2 outputs"):
            rerank("a", ["b"])

    def test_a_missing_program_is_said_with_where_it_was_looked_for(self):
        with self.assertRaisesRegex(AdzeError, "binary names '/no/adze'"):
            Classifier(CLASSIFIER, binary="/no/adze")
        code = "import adze_classify as a\ntry: a.Classifier('m')\nexcept a.AdzeError as e: print(e)"
        environment = {**os.environ, "ADZE": "/no/such"}
        run = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
        self.assertIn("the environment variable ADZE names '/no/such'", run.stdout)

    def test_a_closed_one_answers_no_more(self):
        for model, call in ((Classifier(CLASSIFIER), ["a"]), (Reranker(RERANKER), ["q", ["a"]])):
            model.close()
            model.close()
            with self.assertRaisesRegex(ValueError, "closed"):
                model(*call)


class Crashes(unittest.TestCase):
    def test_are_reported_and_the_next_call_restarts(self):
        with Classifier(CLASSIFIER) as classifier:
            before = classifier("the adze")
            killer = threading.Timer(0.3, lambda: child_of(classifier).kill())
            killer.start()
            with self.assertRaisesRegex(AdzeError, "^adze was killed by SIGKILL$"):
                while True:
                    classifier(["the adze is here"] * 20_000)
            killer.join()
            self.assertEqual(classifier("the adze"), before)

    def test_while_idle_cost_nothing(self):
        with Classifier(CLASSIFIER) as classifier:
            before = classifier("the adze")
            pid = child_of(classifier).pid
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # leaves it to be waited for
            self.assertEqual(classifier("the adze"), before)

    def test_give_the_last_line_that_was_said(self):
        stub = Stub(self, "sys.stderr.write('x' * 200000 + '\\nadze: error: out of wood\\n'); sys.exit(74)")
        with Classifier("model", binary=stub.path) as classifier:
            with self.assertRaises(AdzeError) as caught:
                classifier(["a"] * 10_000)
            self.assertEqual(str(caught.exception), "adze ended with code 74: out of wood")

    def test_restart_at_most_three_times_in_a_row(self):
        stub = Stub(self, "sys.exit(70)")
        with Classifier("model", binary=stub.path) as classifier:
            for _ in range(4):
                with self.assertRaisesRegex(AdzeError, "ended with code 70"):
                    classifier("a")
            for _ in range(3):
                with self.assertRaisesRegex(AdzeError, "not started again after 4 starts .*code 70"):
                    classifier("a")
        self.assertEqual(stub.starts, 4)

    def test_after_an_answer_are_not_counted(self):
        stub = Stub(self, ANSWER + "sys.stdin.readline(); answer()")
        with Classifier("model", binary=stub.path) as classifier:
            for _ in range(8):
                with self.assertRaises(AdzeError):
                    classifier(["a", "b"])
        self.assertEqual(stub.starts, 8)
        # Of many, the third answers: those before count no more, nor does it, and four are left.
        stub = Stub(self, "")
        first = f"if os.stat({str(stub.starts_path)!r}).st_size == 3: answer()"
        stub.path.write_text(stub.path.read_text() + ANSWER + first)
        with Classifier("model", binary=stub.path) as classifier:
            for _ in range(9):
                with self.assertRaises(AdzeError):
                    classifier(["a", "b"])
        self.assertEqual(stub.starts, 7)

    def test_lines_that_are_no_answers_are_refused(self):
        for lines in ("label,score", "{}\\n{}", "3"):
            stub = Stub(self, f"os.write(1, b'{lines}\\n')\ntime.sleep(60)")
            with Classifier("model", binary=stub.path) as classifier, self.assertRaisesRegex(AdzeError, "adze printed"):
                classifier(["secret"])

    def test_an_interrupted_call_leaves_no_answers_for_the_next(self):
        stub = Stub(self, ANSWER + "for line in sys.stdin: time.sleep(0.4); answer(text=line)")
        with Classifier("model", binary=stub.path) as classifier:
            threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            with self.assertRaises(KeyboardInterrupt):
                classifier(["a"] * 100)
            self.assertIsNone(child_of(classifier))
            self.assertEqual(classifier("b").label, "a")


class Processes(unittest.TestCase):
    def test_threads_share_one(self):
        texts = [f"{index} models" for index in range(64)]
        with Classifier(CLASSIFIER) as classifier:
            expected = classifier(texts)
            pid = child_of(classifier).pid
            with ThreadPoolExecutor(8) as pool:
                self.assertEqual(list(pool.map(classifier, texts * 8)), expected * 8)
            self.assertEqual(child_of(classifier).pid, pid)

    def test_a_forked_child_has_its_own(self):
        with Classifier(CLASSIFIER) as classifier:
            expected, pid = classifier("the adze"), child_of(classifier).pid
            reading, writing = os.pipe()
            forked = os.fork()
            if forked == 0:
                try:
                    same = classifier("the adze") == expected
                    os.write(writing, b"%d %d" % (same, child_of(classifier).pid))
                    classifier.close()
                finally:
                    os._exit(0)
            os.close(writing)
            with open(reading) as pipe:
                same, other = map(int, pipe.read().split())
            os.waitpid(forked, 0)
            self.assertTrue(same)
            self.assertNotEqual(other, pid)
            self.assertFalse(alive(other))
            # The parent's is still there.
            self.assertEqual((classifier("the adze"), child_of(classifier).pid), (expected, pid))

    def test_a_fork_during_a_call_does_not_deadlock(self):
        stub = Stub(self, ANSWER + "for line in sys.stdin: time.sleep(0.5 if 'slow' in line else 0); answer()")
        with Classifier("model", binary=stub.path) as classifier, ThreadPoolExecutor(1) as pool:
            slow = pool.submit(classifier, ["slow"] * 2)
            self.assertTrue(eventually(classifier._process._lock.locked))
            forked = os.fork()
            if forked == 0:
                code = 1
                try:
                    code = 0 if classifier("a").label == "a" else 1
                    classifier.close()
                finally:
                    os._exit(code)
            self.assertEqual(os.waitpid(forked, 0)[1], 0)
            self.assertEqual(len(slow.result()), 2)

    def test_ends_when_python_is_killed_though_a_forked_child_lives(self):
        code = (
            f"import os, sys, time, adze_classify\nc = adze_classify.Classifier({str(CLASSIFIER)!r})\nc('a')\n"
            "if os.fork() == 0: time.sleep(60)\nprint(c._process._child.pid, flush=True)\ntime.sleep(60)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as python:
            pid = int(python.stdout.readline())
            self.assertTrue(alive(pid))
            python.kill()
            try:
                self.assertTrue(eventually(lambda: not alive(pid)))
            finally:
                os.killpg(python.pid, signal.SIGKILL)  # the forked child

    def test_ends_with_the_object_and_with_close(self):
        classifier = Classifier(CLASSIFIER)
        classifier("a")
        pid = child_of(classifier).pid
        del classifier
        self.assertFalse(alive(pid))
        with Embedder(EMBEDDER) as embedder:
            embedder("a")
            pid = child_of(embedder).pid
        self.assertFalse(alive(pid))

    def test_pickled_keeps_its_arguments_and_starts_its_own(self):
        with Classifier(MULTILABEL, top_k=2, threads=1) as classifier:
            expected = classifier("the adze")
            state = pickle.dumps(classifier)
            with pickle.loads(state) as copy:
                self.assertIsNone(child_of(copy))
                self.assertEqual(copy("the adze"), expected)
                self.assertNotEqual(child_of(copy).pid, child_of(classifier).pid)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                self.assertEqual(pool.map(classifier, ["the adze"]), [expected])


if __name__ == "__main__":
    unittest.main()
