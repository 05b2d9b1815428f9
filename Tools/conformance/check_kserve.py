# KServe's own client: live, ready, v2 infer, v1 predict. Not here: tritonclient, which speaks the same protocol.

import asyncio
import os

from serving import CLASSIFIER, ENCODER, PAIRS, RERANKER, TEXTS, as_floats, same

NAME = "kserve"


def check(server):
    # The client's asyncio and httpx read proxies from the environment; the server is this machine.
    os.environ["NO_PROXY"] = "127.0.0.1"
    return asyncio.run(asked(server))


async def asked(server):
    from kserve import InferenceRESTClient, RESTConfig

    client = InferenceRESTClient(RESTConfig(protocol="v2", timeout=60))
    old = InferenceRESTClient(RESTConfig(protocol="v1", timeout=60))
    same("live", await client.is_server_live(server.url), True)
    same("ready", await client.is_server_ready(server.url), True)
    for name in (CLASSIFIER, RERANKER, ENCODER):
        same(f"{name}: ready", await client.is_model_ready(server.url, name), True)
        same(f"{name}: ready in v1", await old.is_model_ready(server.url, name), True)
    await infer(server, client)
    await predict(server, old)
    await client.close()
    await old.close()
    return "live, ready, v2 infer and v1 predict of a classifier, a reranker and an encoder"


def request(name, **columns):
    from kserve import InferInput, InferRequest

    inputs = [InferInput(key, [len(texts)], "BYTES", list(texts)) for key, texts in columns.items()]
    return InferRequest(model_name=name, infer_inputs=inputs, request_id="7")


async def infer(server, client):
    async def outputs(name, **columns):
        answer = await client.infer(server.url, request(name, **columns), model_name=name)
        same("id and model", [answer.id, answer.model_name], ["7", name])
        return {output.name: output.as_numpy() for output in answer.outputs}

    for inputs, columns in (
        (TEXTS, {"text": TEXTS}), (PAIRS, {"text": [a for a, _ in PAIRS], "text_pair": [b for _, b in PAIRS]}),
    ):
        compare("v2 classifier", await outputs(CLASSIFIER, **columns), server.predicted(CLASSIFIER, inputs))
    columns = {"query": [a for a, _ in PAIRS], "text": [b for _, b in PAIRS]}
    expected = server.predicted(RERANKER, PAIRS)
    found = await outputs(RERANKER, **columns)
    same("v2 reranker: logits", as_floats(found["logits"].ravel()), as_floats(sum((e["logits"] for e in expected), [])))
    found = (await outputs(ENCODER, text=TEXTS))["embedding"]
    same("v2 encoder: shape", list(found.shape), [len(TEXTS), len(server.embedded(["a"])[0])])
    for vector, wanted in zip(found, server.embedded(TEXTS)):
        same("v2 encoder", as_floats(vector), as_floats(wanted))


def compare(name, found, expected):
    labels = [label.decode() if isinstance(label, bytes) else str(label) for label in found["label"]]
    same(f"{name}: labels", labels, [answer["label"] for answer in expected])
    same(f"{name}: scores", list(map(float, found["score"])), [answer["score"] for answer in expected])
    for logits, answer in zip(found["logits"], expected):
        same(f"{name}: logits", as_floats(logits), as_floats(answer["logits"]))


async def predict(server, client):
    async def predictions(name, instances):
        return (await client.infer(server.url, {"instances": instances}, model_name=name))["predictions"]

    for name in (CLASSIFIER, RERANKER):
        for inputs in (TEXTS, PAIRS):
            instances = [i if isinstance(i, str) else {"text": i[0], "text_pair": i[1]} for i in inputs]
            expected = [
                {key: answer[key] for key in ("label", "score", "scores")} for answer in server.predicted(name, inputs)
            ]
            same(f"v1 {name}", await predictions(name, instances), expected)
    for vector, wanted in zip(await predictions(ENCODER, TEXTS), server.embedded(TEXTS)):
        same("v1 encoder", as_floats(vector), as_floats(wanted))
