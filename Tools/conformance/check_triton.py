# Triton's own HTTP client with tensors as JSON: metadata, health, the repository, infer. Not here: binary tensors.

from check_kserve import compare
from serving import CLASSIFIER, ENCODER, PATHS, TEXTS, Difference, as_floats, same

NAME = "tritonclient"


def check(server):
    import tritonclient.http as triton

    client = triton.InferenceServerClient(server.address)
    same("live", client.is_server_live(), True)
    same("ready", client.is_server_ready(), True)
    same("server", client.get_server_metadata()["name"], "adze")
    for name in PATHS:
        metadata = client.get_model_metadata(name)
        same("metadata", [metadata["name"], metadata["versions"]], [name, ["1"]])
        same("ready", client.is_model_ready(name, "1"), True)
    same("no such version", client.is_model_ready(CLASSIFIER, "2"), False)
    infer(triton, client, server)
    refused(triton, client)
    repository(triton, client, server)
    client.close()
    return "live, ready, metadata, infer with chosen outputs, errors, repository index, load, unload"


def request(triton, texts, outputs, binary=False):
    import numpy

    tensor = triton.InferInput("text", [len(texts)], "BYTES")
    tensor.set_data_from_numpy(numpy.array(texts, dtype=object), binary_data=binary)
    return [tensor], [triton.InferRequestedOutput(name, binary_data=False) for name in outputs]


def infer(triton, client, server):
    names = ("label", "score", "logits")
    inputs, outputs = request(triton, TEXTS, names)
    answer = client.infer(CLASSIFIER, inputs, outputs=outputs, request_id="7", model_version="1")
    same("id", answer.get_response()["id"], "7")
    compare("infer", {name: answer.as_numpy(name) for name in names}, server.predicted(CLASSIFIER, TEXTS))
    inputs, outputs = request(triton, TEXTS, ["score"])
    answer = client.infer(CLASSIFIER, inputs, outputs=outputs)
    same("outputs", [output["name"] for output in answer.get_response()["outputs"]], ["score"])
    inputs, outputs = request(triton, TEXTS, ["embedding"])
    vectors = client.infer(ENCODER, inputs, outputs=outputs).as_numpy("embedding")
    for vector, wanted in zip(vectors, server.embedded(TEXTS)):
        same("infer: vectors", as_floats(vector), as_floats(wanted))


def refused(triton, client):
    inputs, outputs = request(triton, ["a"], ["score"], binary=True)
    fails(triton, "binary", lambda: client.infer(CLASSIFIER, inputs, outputs=outputs))
    inputs, outputs = request(triton, ["a"], ["score"])
    fails(triton, "no model", lambda: client.infer("classifie", inputs, outputs=outputs), CLASSIFIER)


def fails(triton, words, act, *more):
    try:
        act()
    except triton.InferenceServerException as error:
        if all(word in str(error) for word in (words, *more)):
            return
        raise Difference(f"expected an error about {words}, found: {error}") from error
    raise Difference(f"expected an error about {words}, found none")


def repository(triton, client, server):
    def states():
        return {entry["name"]: entry["state"] for entry in client.get_model_repository_index()}

    same("index", states(), dict.fromkeys(PATHS, "READY"))
    client.unload_model(CLASSIFIER)
    same("index after unload", states()[CLASSIFIER], "UNAVAILABLE")
    same("ready after unload", client.is_model_ready(CLASSIFIER), False)
    client.load_model(CLASSIFIER)
    same("index after load", states()[CLASSIFIER], "READY")
    infer(triton, client, server)
    fails(triton, "no model", lambda: client.load_model("nothing"))
    fails(triton, "no model", lambda: client.unload_model("nothing"))
