# A peer in a process of its own that runs what it is asked and says how long that took. Knows nothing of Adze.
"""Peers do not share a process: their thread pools, allocators and OpenMP libraries would meet.

`python peer_process.py` is the child: it answers each line of JSON on standard input with a line on standard output.
Its other output goes to standard error.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


class Child:
    """A process that answers each line of JSON with another."""

    def __init__(self, command, label, threads):
        environment = dict(os.environ)
        # Thread pools are sized once, when a library is imported.
        for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
            environment[variable] = str(threads)
        self.label = label
        self.errors = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, env=environment)

    def ask(self, **question):
        """One question and its answer."""
        try:
            self.child.stdin.write(json.dumps(question) + "\n")
            self.child.stdin.flush()
            answer = self.child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.child.kill()
            self.child.wait()
            self.errors.seek(0)
            lines = self.errors.read().strip().splitlines()
            raise PeerFailure(f"{self.label}: {lines[-1] if lines else 'ended'}")
        return json.loads(answer)

    def close(self):
        """Ends the process."""
        self.child.stdin.close()
        self.child.wait()
        self.child.stdout.close()
        self.errors.close()


class PeerProcess(Child):
    """A loaded peer: `workers` batches at once, each on `threads` threads."""

    def __init__(self, name, precision, folder, threads, workers=1):
        super().__init__([sys.executable, __file__], f"{name} {precision}, {workers} × {threads}", threads)
        self.ask(name=name, precision=precision, folder=str(folder), threads=threads, workers=workers)

    def seconds(self, rows, size, budget):
        """The median seconds of the runs over the rows of a file, in batches of `size`, that fill `budget` seconds."""
        return self.ask(rows=str(rows), size=size, budget=budget)["seconds"]


class PeerFailure(Exception):
    """A peer that ended; the message is one line."""


class Worker:
    """The child's side."""

    def __init__(self, question):
        import concurrent.futures

        import peers

        self.folder = pathlib.Path(question["folder"])
        self.peer = peers.load(
            question["name"], question["precision"], self.folder, question["threads"], question["workers"])
        self.pool = concurrent.futures.ThreadPoolExecutor(question["workers"]) if question["workers"] > 1 else None
        self.kept = {}

    def prepared(self, rows, size):
        if (rows, size) not in self.kept:
            from workloads import pad_id, padded_batches

            with open(rows) as file:
                batches = padded_batches([json.loads(line) for line in file], size, pad_id(self.folder))
            self.kept[rows, size] = [self.peer.prepare(ids, mask) for ids, mask in batches]
        return self.kept[rows, size]

    def once(self, batches):
        if self.pool is None or len(batches) == 1:  # One text is one worker's.
            for batch in batches:
                self.peer.run(batch)
        else:  # The longest first, so that the workers end at about the same time.
            list(self.pool.map(self.peer.run, reversed(batches)))

    def answer(self, question):
        batches, budget = self.prepared(question["rows"], question["size"]), question["budget"]
        self.once(batches if len(batches) < 4 else batches[-2:])
        return timed(lambda: self.once(batches), budget)


def timed(once, budget):
    """The median seconds of as many runs as fill `budget` seconds, and how many they were."""
    seconds = []
    start = time.perf_counter()
    while not seconds or (time.perf_counter() - start < budget and len(seconds) < 1000):
        before = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - before)
    return {"seconds": statistics.median(seconds), "runs": len(seconds)}


def peak():
    """The largest resident set of this process, in MiB."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def answer_all(kind):
    """The child's life: `kind` is made of the first question, and answers the others."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = None
    for line in sys.stdin:
        question = json.loads(line)
        if worker is None:
            worker, answer = kind(question), {"ready": True}
        elif "peak" in question:
            answer = {"peak": peak()}
        else:
            answer = worker.answer(question)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    answer_all(Worker)
