# What the golden-data scripts share: random weights that matter, ragged runs, packed outputs, small files.
# Not a script; `make_model_fixtures.py` and `make_real_golden.py` import it.
"""Helpers for making golden data from PyTorch and transformers.

Every sequence is run alone, unpadded, in float32, in eval mode, with eager attention on one thread, so that what
is recorded depends on no other sequence. Outputs are then packed: the tokens of all sequences stand one after
another, and `offsets` (S + 1 numbers) says where each sequence begins.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"


def plain_cpu():
    """Settings under which the same machine gives the same bits."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.set_grad_enabled(False)


def write_json(path, value):
    """Writes readable JSON with one list of numbers a line, ending in a newline."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    lines, numbers = [], None
    for line in text.split("\n"):
        bare = line.strip()
        if numbers is None:
            lines.append(line)
            if bare.endswith("["):
                numbers = len(lines)
        elif bare.rstrip(",").lstrip("-").replace(".", "").replace("e-", "").isdigit():
            lines.append(line)
        elif bare.startswith("]") and len(lines) > numbers:
            inner = " ".join(part.strip() for part in lines[numbers:])
            lines[numbers - 1 :] = [lines[numbers - 1] + inner + bare]
            numbers = None
        else:
            lines.append(line)
            numbers = len(lines) if bare.endswith("[") else None
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def randomise(model, seed):
    """Gives every parameter values large enough that an error in any of them shows in the outputs.

    BERT's usual N(0, 0.02) leaves attention flat and biases zero: a transposed matrix or a forgotten bias would
    hardly move a logit.
    """
    generator = torch.Generator().manual_seed(seed)

    def normal(parameter, mean, deviation):
        parameter.copy_(mean + deviation * torch.randn(parameter.shape, generator=generator))

    for name, parameter in sorted(model.named_parameters()):
        if "LayerNorm.weight" in name or name.endswith("layer_norm.weight"):
            normal(parameter, 1.0, 0.2)
        elif name.endswith("relative_attention_bias.weight"):
            normal(parameter, 0.0, 1.0)
        elif name.endswith("bias"):
            normal(parameter, 0.0, 0.2)
        elif "embeddings" in name:
            normal(parameter, 0.0, 0.5)
        else:
            normal(parameter, 0.0, 0.4)
    assert all((p != 0).any() for p in model.parameters())
    return model.eval()


def encoder_of(model):
    """The bare model inside a model with a head, or the model itself."""
    return model.base_model


def batch_of(model, ids, type_ids):
    """What the model takes: type ids only where it has a table of them."""
    batch = {"input_ids": torch.as_tensor(ids)[None]}
    if getattr(model.config, "type_vocab_size", 0):
        batch["token_type_ids"] = torch.as_tensor(type_ids)[None]
    return batch


def run_alone(model, sequences, everything=True):
    """Runs each (ids, type ids) alone and packs the outputs.

    `hidden` is [L + 1, T, H]: the embeddings' output, then each block's; the last is the last hidden state.
    `attentions.<i>` is [L, A, n, n] of sequence i. `pooled` is [S, H] and `logits` [S, C], where the model has them.
    """
    hidden, pooled, logits, attentions, offsets = [], [], [], {}, [0]
    for index, (ids, type_ids) in enumerate(sequences):
        batch = batch_of(model, ids, type_ids)
        out = encoder_of(model)(**batch, output_hidden_states=True, output_attentions=True)
        assert torch.equal(out.last_hidden_state, out.hidden_states[-1])
        hidden.append(torch.stack([state[0] for state in out.hidden_states]))
        attentions[f"attentions.{index}"] = torch.stack([weights[0] for weights in out.attentions])
        offsets.append(offsets[-1] + len(ids))
        if out.get("pooler_output") is not None:
            pooled.append(out.pooler_output[0])
        if hasattr(model, "classifier"):
            logits.append(model(**batch).logits[0])
    states = torch.cat(hidden, dim=1)
    tensors = {"hidden": states} | attentions if everything else {"last_hidden_state": states[-1]}
    if pooled:
        tensors["pooled"] = torch.stack(pooled)
    if logits:
        tensors["logits"] = torch.stack(logits)
    assert all(torch.isfinite(t).all() for t in tensors.values())
    return tensors


def packed_ids(sequences):
    """The input of a golden file: ids and type ids [T] and offsets [S + 1], all I32."""
    lengths = torch.tensor([0] + [len(ids) for ids, _ in sequences])
    return {
        "ids": torch.tensor([i for ids, _ in sequences for i in ids], dtype=torch.int32),
        "type_ids": torch.tensor([t for _, types in sequences for t in types], dtype=torch.int32),
        "offsets": torch.cumsum(lengths, 0).to(torch.int32),
    }


def save_tensors(path, tensors, metadata=None):
    """Saves contiguous copies that share no memory, as safetensors demands."""
    save_file({name: t.detach().clone().contiguous() for name, t in tensors.items()}, path, metadata=metadata)


def mean_pooled(hidden):
    """The mean over tokens of one sequence's [n, H], scaled to length one: sentence-transformers' usual pooling."""
    mean = hidden.mean(dim=0)
    return mean / mean.norm().clamp(min=1e-12)
