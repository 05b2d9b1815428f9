#!/usr/bin/env python3
# Makes Tests/Fixtures/study: checkpoints as the study's program writes them, and what PyTorch says of their logits and
# gradients. The study: Macar 2019, "comparatively-finetuning-bert". The classes below compute what its text says of them,
# for one text at a time.
"""Golden data of classifiers that read every position.

    python Tools/reference/make_study_golden.py

Needs torch and transformers in the versions of requirements.txt beside this file. Each folder has

    config.json               the encoder's own configuration, which names no class
    finetuned-bert-model.pt   a state dict as a legacy stream; an LSTM's weights are views into one storage
    golden.safetensors        ids, type_ids, offsets; logits (S, C), loss, targets; the gradient of each parameter under
                              the name that it has in the state dict
    batch.safetensors         of an LSTM that reads padding: the logits that the study's program gives these texts as one
                              batch, gathered across each other

Everything else is run in float64, a text at a time, dropout off. What no logit depends on has no gradient there.
"""

import collections
import json

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence
from transformers import (
    BertConfig, BertModel, DistilBertConfig, DistilBertModel, ElectraConfig, ElectraModel, MPNetConfig, MPNetModel,
)

from golden import FIXTURES, packed_ids, randomise, save_tensors

STUDY = FIXTURES / "study"
CLASSES = 3
LENGTHS = [5, 10, 3, 7, 9]

SIZES = dict(vocab_size=30, hidden_size=8, num_attention_heads=2, num_hidden_layers=2, intermediate_size=12)
ENCODERS = {
    "bert": (BertModel, BertConfig, SIZES | dict(max_position_embeddings=10)),
    "mpnet": (MPNetModel, MPNetConfig, SIZES | dict(max_position_embeddings=12, pad_token_id=1)),
    "electra": (ElectraModel, ElectraConfig, SIZES | dict(max_position_embeddings=10, embedding_size=4)),
    "distilbert": (
        DistilBertModel, DistilBertConfig,
        dict(vocab_size=30, dim=8, n_heads=2, n_layers=2, hidden_dim=12, max_position_embeddings=10),
    ),
}
# A name, the encoder, and what the head is.
MODELS = [
    ("pooler", "bert", dict()),
    ("flatten", "bert", dict(flattens=True)),
    ("flatten-all", "bert", dict(flattens=True, concatenates=True)),
    ("lstm", "bert", dict(layers=1)),
    ("lstm-all", "bert", dict(layers=1, concatenates=True)),
    ("lstm-forward", "bert", dict(layers=1, bidirectional=False)),
    ("lstm-deep", "bert", dict(layers=3, size=5)),
    ("lstm-text", "bert", dict(layers=2, padded=False)),
    ("lstm-text-forward", "bert", dict(layers=1, bidirectional=False, padded=False)),
    ("lstm-embeddings", "bert", dict(layers=1, blocks=0)),
    ("mpnet-lstm", "mpnet", dict(layers=1)),
    ("electra-flatten-all", "electra", dict(flattens=True, concatenates=True)),
    ("distilbert-lstm-all", "distilbert", dict(layers=2, concatenates=True)),
    ("table-lstm", None, dict(layers=1)),
]


class TableConfig:
    """What a configuration says of the study's SimpleRNN, as Adze writes it; transformers has none."""

    pad_token_id = 0

    def to_dict(self):
        return dict(
            model_type="simple-rnn", vocab_size=30, hidden_size=8, max_position_embeddings=10, pad_token_id=0,
            classifier_dropout=0.2)


class FineTuned(nn.Module):
    """An encoder, or a table of words alone, and one of the study's heads, of float64."""

    def __init__(self, family, *, layers=0, flattens=False, concatenates=False, bidirectional=True, size=6,
                 padded=True, blocks=2):
        super().__init__()
        self.family, self.padded, self.flattens, self.concatenates = family, padded, flattens, concatenates
        self.length = 10
        if family is None:
            self.config = TableConfig()
            self.embedding = nn.Embedding(30, 8)
        else:
            kind, config, sizes = ENCODERS[family]
            count = "n_layers" if family == "distilbert" else "num_hidden_layers"
            self.config = config(**(sizes | {count: blocks}), attn_implementation="eager")
            setattr(self, family, kind(self.config))
        width = 8 * (blocks + 1 if concatenates else 1)
        if layers:
            self.lstm = nn.LSTM(width, size, layers, bidirectional=bidirectional, batch_first=True)
            depth = size * (2 if bidirectional else 1)
        else:
            self.lstm = None
            depth = self.length * width if flattens else width
        self.clf = nn.Linear(depth, CLASSES)

    def states(self, ids, types):
        pad = self.config.pad_token_id
        missing = self.length - len(ids) if self.padded else 0
        if self.family is None:
            return self.embedding(torch.tensor([ids + [pad] * missing])), None
        batch = dict(
            input_ids=torch.tensor([ids + [pad] * missing]),
            attention_mask=torch.tensor([[1] * len(ids) + [0] * missing]), output_hidden_states=True,
        )
        if getattr(self.config, "type_vocab_size", 0):
            batch["token_type_ids"] = torch.tensor([types + [0] * missing])
        out = getattr(self, self.family)(**batch)
        every = torch.cat(out.hidden_states, dim=2) if self.concatenates else out.last_hidden_state
        return every, out

    def forward(self, ids, types):
        states, out = self.states(ids, types)
        if self.lstm is None:
            return self.clf(states.reshape(1, -1) if self.flattens else out.pooler_output)[0]
        if not self.padded:
            packed = pack_padded_sequence(states, [len(ids)], batch_first=True)
            _, (last, _) = self.lstm(packed)
            top = last[-2:] if self.lstm.bidirectional else last[-1:]
            return self.clf(torch.cat(list(top), dim=1))[0]
        output, _ = self.lstm(states)
        # One past the last token: where the padding begins, or the last position of a text that fills them all.
        return self.clf(output[:, min(len(ids), self.length - 1)])[0]

    def batch(self, texts):
        """The logits of a batch as the program has them, but for its dropout."""
        states = torch.cat([self.states(*text)[0] for text in texts])
        output, _ = self.lstm(states)
        steps = torch.tensor([min(len(ids), self.length - 1) for ids, _ in texts])
        width = output.shape[2]
        return self.clf(output.gather(1, steps.repeat(1, width).view(-1, 1, width)).squeeze(1))


def sequences(family):
    generator = torch.Generator().manual_seed(3)
    made = []
    for number, length in enumerate(LENGTHS):
        ids = torch.randint(2, 30, (length,), generator=generator).tolist()
        made.append((ids, [0] * (length - length // 3) + [number % 2] * (length // 3)))
    return made


def state_dict(model):
    """What the study's program saves: fp32, the LSTM's weights in one storage, as cuDNN lays them."""
    state = collections.OrderedDict((name, value.float()) for name, value in model.state_dict().items())
    names = [name for name in state if name.startswith("lstm.")]
    if names:
        storage = torch.cat([state[name].reshape(-1) for name in names])
        start = 0
        for name in names:
            end = start + state[name].numel()
            state[name] = storage[start:end].reshape(state[name].shape)
            start = end
    return state


def make(name, family, options):
    torch.manual_seed(0)
    model = FineTuned(family, **options)
    with torch.no_grad():
        randomise(model, seed=len(name))
        for value in model.state_dict().values():
            value.copy_(value.float())
    model = model.double().eval()
    for parameter in model.parameters():
        parameter.data = parameter.data.float().double()
    texts = sequences(family)
    logits = torch.stack([model(*text) for text in texts])
    targets = torch.tensor([(2 * number + 1) % CLASSES for number in range(len(texts))])
    loss = F.cross_entropy(logits, targets)
    loss.backward()
    tensors = packed_ids(texts) | {
        "logits": logits.float(), "loss": loss.float().reshape(1), "targets": targets.to(torch.int32),
    }
    for key, parameter in model.named_parameters():
        if parameter.grad is not None:
            assert torch.isfinite(parameter.grad).all()
            tensors[key] = parameter.grad.float()
    folder = STUDY / name
    folder.mkdir(parents=True, exist_ok=True)
    if model.lstm is not None and model.padded:
        save_tensors(folder / "batch.safetensors", {"logits": model.batch(texts).float()})
    config = model.config.to_dict()
    for key in ("id2label", "label2id", "problem_type", "architectures", "transformers_version"):
        config.pop(key, None)
    if not options.get("padded", True):
        forward = ":directions=1" if not options.get("bidirectional", True) else ""
        config["adze_head"] = f"lstm:size=6:layers={options['layers']}{forward}:padding=none"
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    torch.save(state_dict(model), folder / "finetuned-bert-model.pt", _use_new_zipfile_serialization=False)
    save_tensors(folder / "golden.safetensors", tensors)
    print(name, [round(value, 3) for value in logits[0].tolist()], f"{loss.item():.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for model in MODELS:
        make(*model)
