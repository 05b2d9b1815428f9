#!/usr/bin/env python3
# Makes the small models under Tests/Fixtures/pruned-heads whose blocks have lost attention heads, with what transformers 4
# answers, the gradients of training, and those of gates on the heads. Not here: models with all their heads.
"""Models with pruned attention heads, a folder a family, with golden outputs and gradients.

    python Tools/reference/make_pruned_head_golden.py [FAMILY...]

Takes transformers 4.57.3: version 5 has given head pruning up (it neither reads nor writes `pruned_heads`). All but
MPNet and DeBERTa are pruned by transformers' own `prune_heads`, saved and loaded again. transformers prunes an MPNet too, which then cannot run, because its bias by distance still has a column for every head, and no DeBERTa; those folders hold the
slices of a whole model, and its answers are the whole model's with the heads' columns of attention's output layer at
zero, which is what pruning means; the others are held to the same.

`golden.safetensors` is as in golden.py, attentions flattened, block by block. `gradients.safetensors` holds `loss`,
`targets` and the gradient of each parameter, in float64, rounded; `gates.safetensors` `losses` [S], each sequence's own,
and `gates` [S, heads], the gradient of that loss by a gate on the output of each head that is left, block by block.
"""

import json
import shutil
import sys

import torch
import transformers
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers.utils import logging

from golden import FIXTURES, batch_of, encoder_of, packed_ids, plain_cpu, randomise, save_tensors
from make_model_fixtures import TEXTS, VOCABULARY

FOLDER = FIXTURES / "pruned-heads"
LABELS = dict(enumerate(["splits", "bends", "holds"]))
COMMON = dict(
    vocab_size=len(VOCABULARY), hidden_size=20, num_attention_heads=5, num_hidden_layers=3, intermediate_size=24,
    max_position_embeddings=24, id2label=LABELS, label2id={word: index for index, word in LABELS.items()},
    problem_type="single_label_classification")
# Of these the special tokens stand before and behind, and positions begin after the pad's.
SHIFTED = dict(max_position_embeddings=26, vocab_size=len(VOCABULARY) + 5)
ROBERTAS = {"roberta": "Roberta", "xlm-roberta": "XLMRoberta", "camembert": "Camembert"}
SPECIAL = {
    "bert": {}, "electra": dict(embedding_size=12), "mpnet": SHIFTED,
    "distilbert": dict(dim=20, n_heads=5, n_layers=3, hidden_dim=24),
    "deberta-v2": dict(
        relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=False,
        pos_att_type="p2c|c2p", position_biased_input=False, type_vocab_size=0),
} | dict.fromkeys(ROBERTAS, SHIFTED | dict(type_vocab_size=1))
# In the order of their seeds.
SHORT = {"bert": "Bert", "distilbert": "DistilBert", "electra": "Electra", "mpnet": "MPNet"} | ROBERTAS | {
    "deberta-v2": "DebertaV2"}
# Those that transformers cannot prune, or not run then.
WHOLE = ("mpnet", "deberta-v2")
MPNET_VOCABULARY = ["<s>", "<pad>", "</s>", "<unk>"] + VOCABULARY + ["<mask>"]
# Two of five; none; all but one.
PRUNED = {0: [1, 4], 2: [0, 1, 2, 4]}
HEAD = 4
# What the paths of query, key, value and the layer after them end in.
INS = (
    ".query", ".key", ".value", ".q_lin", ".k_lin", ".v_lin", ".attn.q", ".attn.k", ".attn.v", ".query_proj", ".key_proj",
    ".value_proj", ".pos_key_proj", ".pos_query_proj")
OUTS = ("attention.output.dense", ".out_lin", ".attn.o")


def blocks_of(model):
    encoder = encoder_of(model)
    return encoder.transformer.layer if hasattr(encoder, "transformer") else encoder.encoder.layer


def output_layers(model):
    """The layer after attention of each block."""
    return [
        next(layer for name, layer in block.named_modules() if ("." + name).endswith(OUTS)) for block in blocks_of(model)
    ]


def columns(heads):
    return [head * HEAD + index for head in heads for index in range(HEAD)]


def left(block):
    return [head for head in range(COMMON["num_attention_heads"]) if head not in PRUNED.get(block, [])]


def zeroed(model):
    """The whole model with the columns of the heads that go at zero."""
    for block, layer in enumerate(output_layers(model)):
        layer.weight.data[:, columns(PRUNED.get(block, []))] = 0
    return model


def sliced(tensors):
    """The same tensors without the rows and columns of the heads that go."""
    found = {}
    for name, tensor in tensors.items():
        path = name.rsplit(".", 1)[0]
        block = next((int(part) for part in name.split(".") if part.isdigit()), None)
        if block in PRUNED and path.endswith(INS):
            tensor = tensor[columns(left(block))]
        elif block in PRUNED and path.endswith(OUTS) and tensor.ndim == 2:
            tensor = tensor[:, columns(left(block))]
        found[name] = tensor
    return found


def kind_of(family):
    return getattr(transformers, SHORT[family] + "ForSequenceClassification")


def new_model(family):
    values = COMMON | SPECIAL[family]
    config = getattr(transformers, SHORT[family] + "Config")(**values, attn_implementation="eager")
    return randomise(kind_of(family)(config), 70 + list(SHORT).index(family))


def sequences_for(family, tokenizer):
    sequences = []
    for text, pair in TEXTS:
        encoded = tokenizer(text, pair) if pair is not None else tokenizer(text)
        types = encoded.get("token_type_ids", [0] * len(encoded["input_ids"]))
        sequences.append((encoded["input_ids"], types))
    generator = torch.Generator().manual_seed(7)
    for length in (1, 9, 24):
        # Neither pad's id: 0, and MPNet's 1.
        ids = torch.randint(2, len(VOCABULARY), (length,), generator=generator).tolist()
        types = torch.randint(0, 2 if family in ("bert", "electra") else 1, (length,), generator=generator).tolist()
        sequences.append((ids, types))
    return sequences


def save_tokenizer(family, folder):
    shifted = family == "mpnet" or family in ROBERTAS
    name = "MPNetTokenizer" if shifted else "BertTokenizer"
    vocabulary = MPNET_VOCABULARY if shifted else VOCABULARY
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    settings = dict(do_lower_case=True, model_max_length=24, tokenizer_class=name)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return getattr(transformers, name)(folder / "vocab.txt", do_lower_case=True)


def golden_of(model, sequences, whole):
    """The outputs of each sequence alone; of a whole model the attention of the heads that stay."""
    states, logits, weights = [], [], {}
    for index, (ids, types) in enumerate(sequences):
        out = model(**batch_of(model, ids, types), output_hidden_states=True, output_attentions=True)
        states.append(out.hidden_states[-1][0])
        logits.append(out.logits[0])
        parts = [part[0][left(block)] if whole else part[0] for block, part in enumerate(out.attentions)]
        weights[f"attentions.{index}"] = torch.cat([part.flatten() for part in parts])
    return {"last_hidden_state": torch.cat(states), "logits": torch.stack(logits)} | weights


def training(model, sequences):
    """The mean loss, and the gradient of every parameter."""
    targets = torch.tensor([(7 * i + 1) % len(LABELS) for i in range(len(sequences))])
    logits = torch.cat([model(**batch_of(model, *sequence)).logits for sequence in sequences])
    loss = F.cross_entropy(logits, targets)
    loss.backward()
    gradients = {name: p.grad.float() for name, p in model.named_parameters() if p.grad is not None}
    return {"loss": loss.detach().float().reshape(1), "targets": targets.float()}, gradients


def gates(model, sequences, whole):
    """The gradient of each sequence's loss by a gate on the output of each head that is left."""
    layers, held = output_layers(model), {}

    def hook(block):
        def multiply(layer, inputs):
            context = inputs[0]
            held[block] = torch.ones(context.shape[-1] // HEAD, dtype=context.dtype, requires_grad=True)
            return (context * held[block].repeat_interleave(HEAD),) + inputs[1:]

        return multiply

    hooks = [layer.register_forward_pre_hook(hook(block)) for block, layer in enumerate(layers)]
    rows, losses = [], []
    for index, sequence in enumerate(sequences):
        target = torch.tensor([(7 * index + 1) % len(LABELS)])
        loss = F.cross_entropy(model(**batch_of(model, *sequence)).logits, target)
        found = torch.autograd.grad(loss, [held[block] for block in range(len(layers))])
        rows.append(torch.cat([part[left(block)] if whole else part for block, part in enumerate(found)]))
        losses.append(loss.detach())
    for hook in hooks:
        hook.remove()
    return {"gates": torch.stack(rows).float(), "losses": torch.stack(losses).float()}


def refuses_to_run(family, sequences):
    """Whether transformers cannot run a model of the family that it has pruned itself."""
    model = new_model(family)
    try:
        model.prune_heads(PRUNED)
        model(**batch_of(model, *sequences[-1]))
    except (RuntimeError, NotImplementedError):
        return True
    return False


def make(family):
    folder = FOLDER / family
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sequences = sequences_for(family, save_tokenizer(family, folder))
    model, whole = new_model(family), family in WHOLE
    assert refuses_to_run(family, sequences) == whole
    if whole:
        config = model.config.to_dict() | {"architectures": [type(model).__name__], "pruned_heads": PRUNED}
        (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        save_tensors(folder / "model.safetensors", sliced(dict(model.named_parameters())), {"format": "pt"})
        model = zeroed(model)
    else:
        expected = golden_of(zeroed(new_model(family)), sequences, True)
        held = sliced(dict(new_model(family).named_parameters()))
        model.prune_heads(PRUNED)
        model.save_pretrained(folder)
        model = kind_of(family).from_pretrained(folder, attn_implementation="eager").eval()
        assert {key: tuple(p.shape) for key, p in model.named_parameters()} == {
            key: tuple(tensor.shape) for key, tensor in held.items()}
        for key, value in golden_of(model, sequences, False).items():
            assert torch.allclose(value, expected[key], rtol=1e-5, atol=1e-5), (family, key)
    save_tensors(folder / "golden.safetensors", packed_ids(sequences) | golden_of(model, sequences, whole))
    torch.set_grad_enabled(True)
    model = model.double().requires_grad_(True)
    found, gradients = training(model, sequences)
    save_tensors(folder / "gradients.safetensors", found | (sliced(gradients) if whole else gradients))
    save_tensors(folder / "gates.safetensors", gates(model, sequences, whole))
    torch.set_grad_enabled(False)
    stored = load_file(folder / "model.safetensors")
    assert set(gradients) == set(stored), family
    print(f"{sum(file.stat().st_size for file in folder.iterdir()):8,}  {family}")


if __name__ == "__main__":
    assert transformers.__version__.startswith("4."), "transformers 5 prunes no heads"
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    for name in sys.argv[1:] or SHORT:
        make(name)
