# OpenAI's own client: embeddings as numbers and as base64, the list of models, errors.

from serving import CLASSIFIER, ENCODER, PATHS, TEXTS, Difference, as_floats, same

NAME = "openai"


def check(server):
    import openai

    client = openai.OpenAI(base_url=server.url + "/v1", api_key="none", max_retries=0, timeout=60)
    same("models", [model.id for model in client.models.list()], list(PATHS))
    expected = server.embedded(TEXTS, "--normalize")
    for options in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        answer = client.embeddings.create(model=ENCODER, input=TEXTS, **options)
        same("order", [item.index for item in answer.data], list(range(len(TEXTS))))
        same("model", answer.model, ENCODER)
        for item, wanted in zip(answer.data, expected):
            same(f"embeddings {options}", vector(item.embedding), as_floats(wanted))
    one = client.embeddings.create(model=ENCODER, input=TEXTS[0], dimensions=len(expected[0]))
    same("one text", vector(one.data[0].embedding), as_floats(expected[0]))
    for kind, ask in (
        (openai.NotFoundError, {"model": "encode", "input": "a"}),
        (openai.BadRequestError, {"model": CLASSIFIER, "input": "a"}),
        (openai.BadRequestError, {"model": ENCODER, "input": [1, 2]}),
        (openai.APIStatusError, {"model": ENCODER, "input": ["a"] * 33}),
    ):
        try:
            client.embeddings.create(**ask)
        except kind as error:
            if not error.body or not error.body.get("message"):
                raise Difference(f"{ask}: an error without a message: {error}") from error
        else:
            raise Difference(f"{ask}: expected {kind.__name__}")
    return "embeddings as float, base64 and by default, models, errors"


def vector(value):
    """A vector's floats; base64 that was asked for comes through as it is."""
    import base64
    import struct

    if isinstance(value, str):
        data = base64.b64decode(value)
        return list(struct.unpack(f"<{len(data) // 4}f", data))
    return as_floats(value)
