#!/usr/bin/env python3
# Makes Tests/Fixtures/prompt: classifiers by the words that a masked language model says at a prompt's mask, and what
# PyTorch says of their logits and gradients.
"""Golden data of classifiers by a prompt.

    python Tools/reference/make_prompt_golden.py

Needs torch and transformers. The models are the small masked language models that are there already (make_head_fixtures.py,
make_family_fixtures.py). A prompt's parts are cut by transformers' tokenizer, each by itself, and put around the text inside
the tokenizer's own frame; the logits are those of transformers' model at the mask, of the words alone. Each folder has

    golden.json            the masked language model, template, words and texts
    config.json            its configuration, with the class, the labels and the head that Adze writes
    model.safetensors      the encoder and the transform; the decoder's rows of the words as clf.*
    golden.safetensors     ids, type_ids, offsets; logits (S, C)
    gradients.safetensors  loss and targets of cross-entropy over the words; the gradient of each parameter under its name,
                           the rows being leaves of their own

Everything is run in float64, dropout off.
"""

import json

import torch
from torch.nn import functional as F
from transformers import AutoModelForMaskedLM, AutoTokenizer
from transformers.utils import logging

from golden import FIXTURES, packed_ids, save_tensors, write_json

TEXTS = ["the beam was cut too short", "oak", "sharp adze, and good wood!", "we saw it split"]
# A folder, the masked language model, the class that Adze names, a template, a word for each label.
MODELS = [
    ("bert", "models/maskedlm-tied", "FineTunedBert", "{text}. it was [MASK].", {"bad": "short", "good": "sharp"}),
    (
        "bert-untied", "models/maskedlm-untied", "FineTunedBert", "[MASK] wood - {text}",
        {"soft": "soft", "hard": "oak", "none": "not"}),
    ("distilbert", "families/distilbert/masked", "FineTunedDistilBert", "{text} - [MASK]", {"a": "good", "b": "cut"}),
    ("electra", "families/electra/masked", "FineTunedElectra", "is it [MASK]? {text}!", {"a": "good", "b": "soft"}),
    (
        "modernbert", "families/modernbert/masked", "FineTunedModernBert", "{text} [MASK]",
        {"a": "good", "b": "wood", "c": "we"}),
    ("mpnet", "families/mpnet/masked", "FineTunedMPNet", "{text} is <mask>", {"a": "good", "b": "wood", "c": "we"}),
]
ACTIVATIONS = {"gelu": "gelu", "gelu_new": "geluTanh", "relu": "relu"}


def framed(tokenizer, template, text):
    """The ids of a text in its prompt, and where the mask is."""
    before, after = template.split("{text}")
    ids = [tokenizer.cls_token_id]
    for part in (before, text, after):
        ids += tokenizer(part, add_special_tokens=False)["input_ids"]
    ids.append(tokenizer.sep_token_id)
    assert ids.count(tokenizer.mask_token_id) == 1 and tokenizer.unk_token_id not in ids, (template, text)
    return ids, ids.index(tokenizer.mask_token_id)


def head_of(model):
    """What the library's model does to a hidden state before its decoder; the parameters of that; decoder and bias."""
    if hasattr(model, "cls"):
        predictions = model.cls.predictions
        return predictions.transform, "cls.predictions.transform", predictions.decoder.weight, predictions.decoder.bias
    if hasattr(model, "head"):
        bias = model.decoder.bias if model.decoder.bias is not None else torch.zeros(len(model.decoder.weight)).double()
        return model.head, "head.", model.decoder.weight, bias
    if hasattr(model, "generator_predictions"):
        return model.generator_predictions, "generator_predictions", model.generator_lm_head.weight, (
            model.generator_lm_head.bias)
    if hasattr(model, "vocab_projector"):
        return (
            lambda hidden: model.vocab_layer_norm(model.activation(model.vocab_transform(hidden))), "vocab_",
            model.vocab_projector.weight, model.vocab_projector.bias)
    return (
        lambda hidden: model.lm_head.layer_norm(F.gelu(model.lm_head.dense(hidden))), "lm_head.",
        model.lm_head.decoder.weight, model.lm_head.bias)


def make(name, base, architecture, template, words):
    model = AutoModelForMaskedLM.from_pretrained(FIXTURES / base, attn_implementation="eager").double().eval()
    tokenizer = AutoTokenizer.from_pretrained(FIXTURES / base)
    cut = [framed(tokenizer, template, text) for text in TEXTS]
    ids_of_words = [tokenizer.convert_tokens_to_ids(word) for word in words.values()]
    transform, prefix, decoder, bias = head_of(model)
    rows = decoder[ids_of_words].detach().clone().requires_grad_()
    biases = bias[ids_of_words].detach().clone().requires_grad_()
    logits = []
    for ids, place in cut:
        batch = dict(input_ids=torch.tensor([ids]))
        hidden = model.base_model(**batch)[0][:, place]
        logits.append(F.linear(transform(hidden), rows, biases))
        whole = model(**batch).logits[:, place, ids_of_words]
        assert torch.allclose(logits[-1], whole, rtol=0, atol=1e-12), (name, logits[-1], whole)
    logits = torch.cat(logits)
    targets = torch.tensor([(number + 1) % len(words) for number in range(len(TEXTS))])
    loss = F.cross_entropy(logits, targets)
    loss.backward()

    folder = FIXTURES / "prompt" / name
    folder.mkdir(parents=True, exist_ok=True)
    texts = [(ids, [0] * len(ids)) for ids, _ in cut]
    save_tensors(folder / "golden.safetensors", packed_ids(texts) | {"logits": logits.detach().float()})
    gradients = {"clf.weight": rows.grad.float(), "clf.bias": biases.grad.float()}
    weights = {"clf.weight": rows.detach().float(), "clf.bias": biases.detach().float()}
    for key, parameter in model.named_parameters():
        if not key.startswith((model.base_model_prefix + ".", prefix)):
            continue
        # The decoder, of which the words' rows are leaves of their own.
        if key.startswith(("lm_head.decoder", "lm_head.bias", "vocab_projector")):
            continue
        weights[key] = parameter.detach().float()
        if parameter.grad is not None and (parameter.grad != 0).any():
            gradients[key] = parameter.grad.float()
    save_tensors(folder / "model.safetensors", weights)
    save_tensors(
        folder / "gradients.safetensors",
        {"loss": loss.detach().float().reshape(1), "targets": targets.to(torch.int32)} | gradients)
    places = {place if template.index("{text}") > template.index("MASK" if "MASK" in template else "mask")
              else place - len(ids) for ids, place in cut}
    assert len(places) == 1, places
    # ELECTRA and MPNet have GELU there whatever the configuration says, ModernBERT an activation of the head's own.
    setting = getattr(model.config, "activation" if name == "distilbert" else "hidden_act", None)
    setting = getattr(model.config, "classifier_activation", setting)
    activation = "gelu" if name in ("electra", "mpnet") else ACTIVATIONS[setting]
    config = model.config.to_dict()
    for key in ("id2label", "label2id", "problem_type", "transformers_version"):
        config.pop(key, None)
    config |= {
        "architectures": [architecture], "adze_head": f"prompt:at={places.pop()}:activation={activation}",
        "problem_type": "single_label_classification", "id2label": {str(index): label for index, label in enumerate(words)},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    write_json(
        folder / "golden.json",
        {"base": base, "template": template, "words": [list(pair) for pair in words.items()], "texts": TEXTS})
    print(name, config["adze_head"], [round(value, 3) for value in logits[0].tolist()], f"{loss.item():.4f}")


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for arguments in MODELS:
        make(*arguments)
