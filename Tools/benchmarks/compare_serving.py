#!/usr/bin/env python3
# Loads adze-serve and a server of FastAPI with ONNX Runtime in int8, in turns, with wrk. Not here: what a pass costs,
# which compare_inference.py measures.
"""python Tools/benchmarks/compare_serving.py --serve FOLDER [--model minilm] [--texts FILE] [--connections 1,64]

FOLDER holds adze and adze-serve, built with -c release. A request is one text; both servers answer labels and scores of
the same weights, on the same processors, on which wrk runs too. The peer is what its users write: FastAPI under uvicorn
with uvloop, the tokenizer of `tokenizers`, `ort-fused-int8-s8-pc.onnx` of make_peers.py, and batches of what waits while
a batch runs, at most `--batch` texts, padded to the longest; or each text alone on a pool of threads. The better of the
two counts at each number of connections. Medians of `--rounds` turns. Needs wrk, and fastapi, uvicorn, uvloop and
httptools beside requirements.txt.
"""

import argparse
import asyncio
import contextlib
import json
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from texts import sentences
from workloads import model_folder

WRK = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local index = 0
request = function()
  index = index %% #bodies + 1
  return wrk.format("POST", "/predict", {["Content-Type"] = "application/json"}, bodies[index])
end
"""


def arguments():
    parser = argparse.ArgumentParser(description="Requests a second of adze-serve and of FastAPI with ONNX Runtime.")
    parser.add_argument("--serve", type=pathlib.Path, required=True, help="the folder with adze and adze-serve")
    parser.add_argument("--model", default="minilm", help="a name of workloads.py or a transformers classifier")
    parser.add_argument("--texts", type=pathlib.Path, help="a file with a text a line; default: Python's documentation")
    parser.add_argument("--connections", default="1,64")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of each load")
    parser.add_argument("--batch", type=int, default=32, help="the most texts of the peer's batch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", default=".build/benchmarks", help="where models and the peers' files are")
    parser.add_argument("--peer", nargs=3, metavar=("FOLDER", "PORT", "BATCH"), help=argparse.SUPPRESS)
    return parser.parse_args()


def peer(folder, port, batch, threads):
    """The peer's server; its imports are its own process's."""
    import numpy
    import onnxruntime
    import uvicorn
    from fastapi import FastAPI, Request
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(folder / "ort-fused-int8-s8-pc.onnx"), options, providers=["CPUExecutionProvider"])
    kinds = {entry.name: "int32" if "int32" in entry.type else "int64" for entry in session.get_inputs()}
    tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding()
    labels = list(json.loads((folder / "hf" / "config.json").read_text()).get("id2label", {0: "0", 1: "1"}).values())

    def answer(texts):
        encodings = tokenizer.encode_batch(texts)
        ids = numpy.array([encoding.ids for encoding in encodings])
        values = {"input_ids": ids, "token_type_ids": ids * 0,
                  "attention_mask": numpy.array([encoding.attention_mask for encoding in encodings])}
        logits = session.run(["logits"], {name: values[name].astype(kind) for name, kind in kinds.items()})[0]
        scores = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        return [[{"label": labels[k], "score": float(row[k])} for k in numpy.argsort(-row)] for row in scores]

    app = FastAPI()
    waiting = asyncio.Queue()

    async def run():
        loop = asyncio.get_running_loop()
        while True:
            jobs = [await waiting.get()]
            while len(jobs) < batch and not waiting.empty():
                jobs.append(waiting.get_nowait())
            answers = await loop.run_in_executor(None, answer, [text for text, _ in jobs])
            for (_, future), found in zip(jobs, answers):
                future.set_result(found)

    @app.post("/predict")
    async def predict(request: Request):
        text = (await request.json())["inputs"]
        loop = asyncio.get_running_loop()
        if batch == 1:
            return (await loop.run_in_executor(None, answer, [text]))[0]
        if not hasattr(app.state, "runner"):
            app.state.runner = asyncio.create_task(run())
        future = loop.create_future()
        waiting.put_nowait((text, future))
        return await future

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", loop="uvloop", http="httptools")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def started(command, port):
    """A server that answers."""
    child = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                ask(port, "a text")
                break
            except OSError:
                if child.poll() is not None:
                    raise SystemExit(f"{command[0]} ended with {child.returncode}") from None
                time.sleep(0.1)
        yield child
    finally:
        child.kill()
        child.wait()


def ask(port, text):
    body = json.dumps({"inputs": text}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/predict", body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def load(port, connections, seconds, script):
    """Requests a second, and milliseconds of the 50th and 99th percentile."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, "--latency", f"http://127.0.0.1:{port}"],
        check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"a server failed under load: {output}")

    def milliseconds(percent):
        value, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", output).groups()
        return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]

    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), milliseconds(50), milliseconds(99)


def main():
    options = arguments()
    if options.peer:
        folder, port, batch = options.peer
        return peer(pathlib.Path(folder), int(port), int(batch), options.threads)
    folder = model_folder(options.model, options.work)
    texts = options.texts.read_text(encoding="utf-8").splitlines() if options.texts else sentences(500)
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as servers:
        bodies = pathlib.Path(temporary) / "bodies"
        bodies.write_text("".join(json.dumps({"inputs": text}) + "\n" for text in texts), encoding="utf-8")
        script = pathlib.Path(temporary) / "wrk.lua"
        script.write_text(WRK % bodies)
        native = pathlib.Path(temporary) / "model.adze"
        subprocess.run([options.serve / "adze", "convert", folder / "hf", "-o", native, "--quiet"], check=True)
        ports = {}
        for side in ("adze", "onnxruntime", "onnxruntime, one by one"):
            port = ports[side] = free_port()
            command = [options.serve / "adze-serve", native, "--port", port, "--threads", options.threads]
            if side != "adze":
                batch = options.batch if side == "onnxruntime" else 1
                command = [sys.executable, __file__, "--serve", options.serve, "--threads", options.threads]
                command += ["--peer", folder, port, batch]
            servers.enter_context(started(command, port))
        same = statistics.mean(
            ask(ports["adze"], text)[0]["label"] == ask(ports["onnxruntime"], text)[0]["label"] for text in texts[:200])
        print(f"{options.model}, {len(texts)} texts, one a request, {options.threads} threads; labels alike {same:.3f}")
        for connections in map(int, options.connections.split(",")):
            found = {side: [] for side in ports}
            for _ in range(options.rounds):
                for side, port in ports.items():
                    found[side].append(load(port, connections, options.seconds, script))
                    time.sleep(0.5)
            best = max(list(ports)[1:], key=lambda side: statistics.median(one[0] for one in found[side]))
            ratios = [ours[0] / theirs[0] for ours, theirs in zip(found["adze"], found[best])]
            shown = []
            for side, runs in found.items():
                rate, middle, late = (statistics.median(values) for values in zip(*runs))
                shown.append(f"{side} {rate:,.0f} a second, p50 {middle:.2f} ms, p99 {late:.2f} ms")
            print(f"{connections} connections: {'; '.join(shown)}")
            ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} … {max(ratios):.2f})"
            print(f"    adze / {best}: {ratio}", flush=True)


if __name__ == "__main__":
    main()
