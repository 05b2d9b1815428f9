# Schemathesis: good and bad requests made of the description of the routes, and whether it describes each answer.

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error

from serving import PATHS, ROOT, Difference, Server

NAME = "schemathesis"
SETTINGS = pathlib.Path(__file__).with_name("schemathesis.toml")
CASES = 60


def check(server):
    """Asks servers whose first model is each of the three, as the bare routes are the first's."""
    count = 0
    for first in PATHS:
        names = [first, *(name for name in PATHS if name != first)]
        with Server(server.folder, *names) as other:
            count += run(other)
    return f"{count} requests to every route, with each kind of model as the first"


def description(server):
    """The server's own description; the file's, without its own address, where the server has none yet."""
    try:
        document = server.get("/openapi.json")
    except urllib.error.HTTPError:
        document = json.loads((ROOT / "Tools/adze-serve/OpenAPI/openapi.json").read_text())
        del document["paths"]["/openapi.json"]
    # A name made by chance is never a model's; one in four asks for a model that is not there.
    document["components"]["parameters"]["Model"]["schema"] = {"enum": [*PATHS, "nothing"]}
    return document


def run(server):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "openapi.json"
        path.write_text(json.dumps(description(server)))
        process = subprocess.run([
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run", str(path),
            "--url", server.url, "--phases", "coverage,fuzzing", "--mode", "all", "--max-examples", str(CASES),
            "--seed", "7", "--suppress-health-check", "all", "--request-timeout", "60", "--no-color",
            # A model that is gone answers nothing, and would make the rest of the run say little.
            "--exclude-path-regex", "/unload$",
        ], cwd=folder, env={**os.environ, "NO_PROXY": "127.0.0.1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = process.stdout.decode()
        if server.process.poll() is not None:
            raise Difference(f"the server ended: {server.process.returncode}\n{text}")
        if process.returncode:
            raise Difference("an answer that is not described\n" + text[-12_000:])
        found = re.search(r"([\d,]+) generated", text)
        if not found:
            raise Difference("no count of requests in\n" + text[-2000:])
        return int(found[1].replace(",", ""))
