#!/usr/bin/env python3
# Makes Tests/Fixtures/training/losses.json: the losses of ten steps of training in PyTorch, in float64.
"""Ten golden losses: groups, decay, a schedule, clipping and AdamW together.

The small model `seqcls-gelu`, all its sequences in one batch, each alone and unpadded, dropout off; torch.optim.AdamW,
transformers' linear schedule, torch's clipping. The eleventh loss is that after the last step.
"""

import json

import torch
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers import BertForSequenceClassification, get_linear_schedule_with_warmup

from golden import FIXTURES

STEPS, WARMUP, LIMIT = 10, 2, 0.5
folder = FIXTURES / "models" / "seqcls-gelu"
model = BertForSequenceClassification.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()
golden = load_file(folder / "golden.safetensors")
offsets = golden["offsets"].tolist()
sequences = [(golden["ids"][a:b].long(), golden["type_ids"][a:b].long()) for a, b in zip(offsets, offsets[1:])]
targets = torch.tensor([(7 * i + 1) % model.config.num_labels for i in range(len(sequences))])

groups = {}
for name, parameter in model.named_parameters():
    head = name.startswith("classifier")
    decays = not name.endswith(".bias") and "LayerNorm" not in name
    groups.setdefault((5e-3 if head else 1e-3, 0.1 if decays else 0.0), []).append(parameter)
optimizer = torch.optim.AdamW(
    [{"params": list_, "lr": rate, "weight_decay": decay} for (rate, decay), list_ in groups.items()])
schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)

losses, norms = [], []
for step in range(STEPS + 1):
    logits = torch.cat([model(input_ids=i[None], token_type_ids=t[None]).logits for i, t in sequences])
    loss = F.cross_entropy(logits, targets)
    losses.append(loss.item())
    if step == STEPS:
        break
    loss.backward()
    norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), LIMIT)))
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()

(FIXTURES / "training" / "losses.json").write_text(json.dumps({"losses": losses, "norms": norms}) + "\n")
