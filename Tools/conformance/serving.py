# A server under test, what `adze` answers to the same texts, and comparisons to the last bit. Not here: any client.

import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "Tests/Fixtures/models"
CLASSIFIER, RERANKER, ENCODER = "classifier", "reranker", "encoder"
PATHS = {
    CLASSIFIER: MODELS / "seqcls-gelu", RERANKER: MODELS / "seqcls-regression",
    ENCODER: MODELS / "sentence-transformers",
}
TEXTS = [
    "a good film", "the worst of all", "", "Ünïcödé 漢字 😀", "one two three four five six seven eight " * 8,
]
PAIRS = [(text, other) for text, other in zip(TEXTS, reversed(TEXTS))]


class Difference(Exception):
    """An answer that is not the one expected."""


def same(name, found, expected):
    """Fails unless two values are equal; numbers compare as doubles, bit for bit."""
    if bits(found) != bits(expected):
        raise Difference(f"{name}: found {str(found)[:300]}, expected {str(expected)[:300]}")


def bits(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: bits(member) for key, member in value.items()}
    return [bits(element) for element in value]


def as_floats(values):
    """Numbers as 32-bit floats, which is what vectors and logits are."""
    return [struct.unpack("<f", struct.pack("<f", float(value)))[0] for value in values]


class Server:
    """A server of the programs in a folder with the three models, the first of them first; ends with the block."""

    def __init__(self, folder, *models, options=()):
        self.folder, self.models, self.options = pathlib.Path(folder), models or tuple(PATHS), options

    def __enter__(self):
        self.log = tempfile.TemporaryFile()
        named = [f"{name}={PATHS[name]}" for name in self.models]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ADZE_")}
        self.process = subprocess.Popen(
            [self.folder / "adze-serve", *named, "--port", "0", *self.options], stderr=self.log, env=environment)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            self.log.seek(0)
            log = self.log.read().decode()
            # Port 0 takes a free one, which the log says, before or after the models are there.
            place = re.search(r"127\.0\.0\.1:(\d+)", log)
            if place and " ready\n" in log:
                self.address = "127.0.0.1:" + place[1]
                self.url = "http://" + self.address
                return
            time.sleep(0.05)
        self.log.seek(0)
        raise Difference(f"the server is not there: {self.log.read().decode()[-600:]}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def adze(self, verb, name, rows, *options):
        """What `adze VERB --json` prints for rows of JSON."""
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        run = subprocess.run(
            [self.folder / "adze", verb, PATHS[name], "-i", "-", "--format", "jsonl", *options], input=lines.encode(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        if run.returncode:
            raise Difference(f"adze {verb}: {run.stderr.decode()}")
        return [json.loads(line) for line in run.stdout.decode().splitlines()]

    def predicted(self, name, inputs):
        """What `adze predict --json` says of texts and pairs: label, score, scores, logits."""
        rows = [{"text": i} if isinstance(i, str) else {"text": i[0], "text_pair": i[1]} for i in inputs]
        return self.adze("predict", name, rows, "--json")

    def embedded(self, texts, *options):
        """The vectors that `adze embed` prints of texts."""
        rows = [{"text": text} for text in texts]
        # The arithmetic that a server runs in unless it is told otherwise; adze embed has fp32.
        return [row["embedding"] for row in self.adze("embed", ENCODER, rows, "--precision", "int8", *options)]
