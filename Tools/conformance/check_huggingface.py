# huggingface_hub's own client, as for an endpoint of text-embeddings-inference: labels and vectors. Not here: rankings.

from serving import CLASSIFIER, ENCODER, TEXTS, as_floats, same

NAME = "huggingface_hub"


def check(server):
    from huggingface_hub import InferenceClient
    from huggingface_hub.inference._generated.types import TextClassificationOutputElement

    at = f"{server.url}/models/"
    for client in (
        InferenceClient(model=at + CLASSIFIER), InferenceClient(base_url=at + CLASSIFIER),
        InferenceClient(model=server.url),
    ):
        for text, answer in zip(TEXTS, server.predicted(CLASSIFIER, TEXTS)):
            found = client.text_classification(text)
            if isinstance(found, TextClassificationOutputElement):
                found = [found]
            best = max(answer["scores"].items(), key=lambda item: item[1])
            same("text_classification", [found[0].label, found[0].score], list(best))
    client = InferenceClient(model=at + ENCODER)
    for normalize in (True, False):
        expected = server.embedded(TEXTS, "--normalize" if normalize else "--no-normalize")
        for text, wanted in zip(TEXTS, expected):
            found = client.feature_extraction(text, normalize=normalize, truncate=True)
            same("feature_extraction", as_floats(found[0]), as_floats(wanted))
    return "text_classification and feature_extraction, by model and by base_url"
