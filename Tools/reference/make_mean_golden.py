#!/usr/bin/env python3
# Makes Tests/Fixtures/mean: classifiers by the mean of all hidden states, what PyTorch says of their logits and gradients,
# and of those of a contrastive step over their vectors.
"""Golden data of classifiers by the mean of all hidden states, and of learning from pairs of texts.

    python Tools/reference/make_mean_golden.py

Needs torch, transformers and sentence-transformers (6.2.0), whose own Pooling and Normalize make the vectors of a padded
batch. Each folder has

    config.json               the encoder's own configuration, with the class and the head that Adze writes
    model.safetensors         the encoder, and the classifier as clf.*
    golden.safetensors        ids, type_ids, offsets; vectors (S, H) and logits (S, C)
    gradients.safetensors     loss and targets of cross-entropy; the gradient of each parameter under its name
    contrastive.safetensors   pairs (P, 2) of texts and targets (P); the loss of sentence-transformers'
                              CosineSimilarityLoss over the batch, each text of each pair encoded by itself as the
                              library does; the gradient of each parameter of the encoder

Everything is run in float64, dropout off.
"""

import json

import torch
from sentence_transformers.models import Normalize, Pooling
from torch import nn
from torch.nn import functional as F

from golden import FIXTURES, packed_ids, randomise, save_tensors
from make_study_golden import CLASSES, ENCODERS, sequences

# A folder, the encoder, the class that Adze names, and whether vectors have length 1.
MODELS = [
    ("bert", "bert", "FineTunedBert", False),
    ("mpnet-normalized", "mpnet", "FineTunedMPNet", True),
    ("electra-normalized", "electra", "FineTunedElectra", True),
]
# Two alike, two not; a text in several pairs, and one with itself.
PAIRS = [(0, 1, 1.0), (2, 3, 0.0), (0, 4, 0.0), (1, 4, 1.0), (3, 3, 1.0), (2, 0, 0.0)]


class MeanClassifier(nn.Module):
    """An encoder, sentence-transformers' modules after it, and a linear layer."""

    def __init__(self, family, normalizes):
        super().__init__()
        self.family = family
        kind, config, sizes = ENCODERS[family]
        self.config = config(**sizes, attn_implementation="eager")
        setattr(self, family, kind(self.config))
        self.pooling = Pooling(8, "mean")
        self.normalize = Normalize() if normalizes else None
        self.clf = nn.Linear(8, CLASSES)

    def vectors(self, texts):
        longest = max(len(ids) for ids, _ in texts)

        def padded(values, fill):
            return torch.tensor([value + [fill] * (longest - len(value)) for value in values])

        mask = padded([[1] * len(ids) for ids, _ in texts], 0)
        batch = dict(input_ids=padded([ids for ids, _ in texts], self.config.pad_token_id), attention_mask=mask)
        if getattr(self.config, "type_vocab_size", 0):
            batch["token_type_ids"] = padded([types for _, types in texts], 0)
        features = dict(token_embeddings=getattr(self, self.family)(**batch)[0], attention_mask=mask)
        features = self.pooling(features)
        if self.normalize is not None:
            features = self.normalize(features)
        return features["sentence_embedding"]

    def forward(self, texts):
        return self.clf(self.vectors(texts))

    def gradients(self):
        found = {}
        for name, parameter in self.named_parameters():
            if parameter.grad is not None:
                assert torch.isfinite(parameter.grad).all(), name
                found[name] = parameter.grad.float()
        self.zero_grad()
        return found


def contrastive(model, texts):
    """The step that sentence-transformers takes: two lists of texts, encoded one after the other."""
    first = model.vectors([texts[a] for a, _, _ in PAIRS])
    second = model.vectors([texts[b] for _, b, _ in PAIRS])
    targets = torch.tensor([target for _, _, target in PAIRS], dtype=torch.float64)
    loss = F.mse_loss(torch.cosine_similarity(first, second), targets)
    loss.backward()
    return {
        "pairs": torch.tensor([pair[:2] for pair in PAIRS], dtype=torch.int32), "targets": targets.float(),
        "loss": loss.detach().float().reshape(1),
    } | model.gradients()


def make(name, family, architecture, normalizes):
    torch.manual_seed(0)
    model = MeanClassifier(family, normalizes)
    with torch.no_grad():
        randomise(model, seed=len(name))
    model = model.float().double().eval()
    texts = sequences(family)
    logits = model(texts)
    targets = torch.tensor([(2 * number + 1) % CLASSES for number in range(len(texts))])
    loss = F.cross_entropy(logits, targets)
    loss.backward()
    folder = FIXTURES / "mean" / name
    folder.mkdir(parents=True, exist_ok=True)
    save_tensors(
        folder / "golden.safetensors",
        packed_ids(texts) | {"vectors": model.vectors(texts).detach().float(), "logits": logits.detach().float()})
    save_tensors(
        folder / "gradients.safetensors",
        {"loss": loss.detach().float().reshape(1), "targets": targets.to(torch.int32)} | model.gradients())
    save_tensors(folder / "contrastive.safetensors", contrastive(model, texts))
    save_tensors(
        folder / "model.safetensors",
        {key: value.float() for key, value in model.state_dict().items() if not key.endswith("position_ids")})
    config = model.config.to_dict()
    for key in ("id2label", "label2id", "problem_type", "transformers_version"):
        config.pop(key, None)
    config |= {
        "architectures": [architecture], "adze_head": "mean:normalize" if normalizes else "mean",
        "id2label": {str(index): f"LABEL_{index}" for index in range(CLASSES)},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    print(name, [round(value, 3) for value in logits[0].tolist()], f"{loss.item():.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for model in MODELS:
        make(*model)
