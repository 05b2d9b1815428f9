#!/usr/bin/env python3
# Trains some points of a comparison with transformers, beside the table that `adze compare` made of the same data.
"""python Tools/benchmarks/compare_study.py FOLDER --base MODEL --train F --dev F [--blocks 1,3,6] [--seeds 42,43,44]

FOLDER is that of `adze compare`. The recipe is the one of Documentation/Study.md: AdamW, 2e-4 for the body and 1e-3 for
the classifier, decay 0.01 but for biases and LayerNorm, a tenth of warm-up and then linear to nothing, clipping at 1,
batches of 16 neighbours in length, 128 tokens, the model's dropout, 3 epochs of which the best over dev is taken. A run
is kept as transformers-BLOCKS-SEED.json in --work and not made again.
"""

import argparse
import json
import math
import pathlib
import random
import statistics

from score_tasks import rows_of

RATE, HEAD_RATE, BATCH, LONGEST, EPOCHS, DECAY, WARM_UP = 2e-4, 1e-3, 16, 128, 3, 0.01, 0.1


def arguments():
    parser = argparse.ArgumentParser(description="Points of a comparison, trained with transformers.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--base", default="demo-output/model")
    parser.add_argument("--train", required=True)
    parser.add_argument("--dev", required=True)
    parser.add_argument("--blocks", default="1,3,6")
    parser.add_argument("--seeds", default="42,43,44")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", default=".build/benchmarks/study", type=pathlib.Path)
    return parser.parse_args()


def trained(options, blocks, seed):
    """The dev accuracy after each epoch."""
    import torch
    from transformers import AutoTokenizer, BertForSequenceClassification, get_linear_schedule_with_warmup
    from transformers.utils import logging

    from training_batches import encoded, neighbours, tensors

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    torch.manual_seed(seed)
    rows = {part: rows_of(path) for part, path in (("train", options.train), ("dev", options.dev))}
    names = sorted({label for _, label in rows["train"]})
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    model = BertForSequenceClassification.from_pretrained(options.base, num_labels=len(names), num_hidden_layers=blocks)

    examples, unseen = (encoded(tokenizer, rows[part], names, LONGEST) for part in ("train", "dev"))
    groups = [
        {
            "params": [
                parameter for name, parameter in model.named_parameters()
                if name.startswith("classifier") == of_head and name.endswith(("bias", "LayerNorm.weight")) == is_bare
            ],
            "lr": HEAD_RATE if of_head else RATE, "weight_decay": 0.0 if is_bare else DECAY,
        }
        for of_head in (False, True) for is_bare in (False, True)
    ]
    optimizer = torch.optim.AdamW(groups, fused=True)
    steps = EPOCHS * math.ceil(len(examples) / BATCH)
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * WARM_UP), steps)
    shuffler = random.Random(seed)
    scores = []
    for _ in range(EPOCHS):
        model.train()
        for batch in neighbours(examples, shuffler, BATCH):
            inputs, labels = tensors(batch)
            model(**inputs, labels=labels).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        model.eval()
        right = 0
        with torch.inference_mode():
            for start in range(0, len(unseen), 32):
                inputs, labels = tensors(unseen[start:start + 32])
                right += int((model(**inputs).logits.argmax(1) == labels).sum())
        scores.append(right / len(unseen))
    return scores


def spoken(scores):
    error = f" ± {statistics.stdev(scores) / len(scores) ** 0.5:.4f}" if len(scores) > 1 else ""
    return f"{statistics.mean(scores):.4f}{error} ({len(scores)})"


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    rows = json.loads((options.folder / "table.json").read_text())["rows"]
    print("blocks | Adze | transformers")
    for blocks in map(int, options.blocks.split(",")):
        theirs = []
        for seed in map(int, options.seeds.split(",")):
            file = options.work / f"transformers-{blocks}-{seed}.json"
            if not file.exists():
                file.write_text(json.dumps(trained(options, blocks, seed)))
            theirs.append(max(json.loads(file.read_text())))
        ours = [
            max(run["scores"]) for row in rows if row["head"] == "pooler" and len(row["blocks"]) == blocks
            for run in row["runs"]
        ]
        print(f"{blocks} | {spoken(ours) if ours else '–'} | {spoken(theirs)}", flush=True)


if __name__ == "__main__":
    main()
