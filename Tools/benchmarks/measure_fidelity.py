#!/usr/bin/env python3
# Measures what int8 costs each family, on small trained models with outlier channels. Times nothing.
"""python Tools/benchmarks/measure_fidelity.py --data DATA [--families bert,albert] [--seeds N] [--far 60] [--table]

DATA/trec/train.txt is TREC's questions in Latin-1, `LABEL:finer question` a line, of six labels. Shuffled by seed 0,
500 are measured, the gate has the next 500, the others are learnt.

A model has 6 blocks of 256 with 4 heads and 1,024 in the feed-forward layer, ModernBERT's twice 512; ALBERT's blocks
are one, its embeddings and ELECTRA's have 128. Its tokenizer is of the family's kind, with 4,000 pieces of these texts.
It learns in 240 steps of 32 texts, without dropout, is given three channels far out, and learns with them in 140 more:
gamma and beta of each norm of tokens, or the rows that project narrow embeddings, grow there until, over 64 texts, the
channels reach 10, 16 and 7 times as far as the median one; the columns of the layers behind are divided by that. A norm
after the residual feeds that too, and the next norm weighs it: so the model has changed, and learns again. Of
ModernBERT that is done to the norm of embeddings, where its residual begins. Its norms before a layer feed that alone:
after training they are multiplied by 20, 40 and 60 in three other channels and the layer's columns divided, which
changes no answer. No weight is far out of its row, as some of all-MiniLM-L6-v2 and all-mpnet-base-v2 are. With --far K
copies of the models have such: in each block's second feed-forward layer five weights, K times the largest of their
rows. Of that layer's inputs the five least heard become twins of the five most heard and get the same weights with the
other sign, so that answers change by what the five said and no more.

Columns: behind each norm the largest magnitude by the median one, of the norms the lowest and the highest (23 to 92 in
all-MiniLM-L6-v2, 10 to 83 in all-mpnet-base-v2); the largest difference of our fp32's logits from PyTorch's; cosines of
int8, by `adze convert`, to our fp32, the mean and the lowest of a text: of logits less their mean, of mean-pooled last
states, of these without the three channels, which hide the others; equal labels; accuracies; what `adze quantize`
keeps in fp32, and then a second row for its file. A model and its figures are kept in --work and not made again; made
anew, they differ a little, for the trainers of vocabularies do not give the same pieces twice.
"""

import argparse
import itertools
import json
import pathlib
import random
import re
import statistics

import numpy as np
import torch
import transformers
from transformers.utils import logging

from compare_fidelity import cosines
from compare_sentences import answers
from kept_runs import KeptRuns, write_rows

SHAPE = dict(hidden_size=256, num_hidden_layers=6, num_attention_heads=4, intermediate_size=1024)
VOCABULARY, LIMIT, BATCH = 4000, 64, 32
BEFORE, AFTER = (240, 5e-4), (140, 4e-4)  # steps and the highest learning rate, before planting and after
CHANNELS, FAR = [17, 64, 101], torch.tensor([10.0, 16.0, 7.0])
EXACT_CHANNELS, EXACT = [33, 150, 222], torch.tensor([20.0, 40.0, 60.0])
# What projects narrow embeddings, and DeBERTa's norm of its vectors for distances.
FIRST = ("embeddings_project", "embedding_hidden_mapping_in", "encoder.LayerNorm")
# The second layer of a feed-forward pair, and what its name has where the first one's has the other.
SECOND = re.compile(r"(layer\.\d+\.output\.dense|lin2|ffn_output|mlp\.Wo)$")
FIRST_OF = [(".output.dense", ".intermediate.dense"), ("lin2", "lin1"), ("ffn_output", "ffn"), ("mlp.Wo", "mlp.Wi")]
# The layers that read a norm.
READERS = re.compile(r"((query|key|value)(_proj)?|[qkv]_lin|attn\.[qkv]|lin1|ffn|Wqkv|Wi|pooler|pre_classifier"
                     r"|(intermediate|pooler|classifier|head)\.dense)$")
BERTS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTAS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
# Name of the classes, special tokens in the order of their ids, what differs of the configuration.
FAMILIES = {
    "bert": ("Bert", BERTS, {}),
    "distilbert": ("DistilBert", BERTS, dict(dim=256, n_layers=6, n_heads=4, hidden_dim=1024)),
    "electra": ("Electra", BERTS, dict(embedding_size=128)),
    "mpnet": ("MPNet", ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"], {}),
    "roberta": ("Roberta", ROBERTAS, dict(type_vocab_size=1)),
    "xlm-roberta": ("XLMRoberta", ROBERTAS, dict(type_vocab_size=1)),
    "albert": ("Albert", ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], dict(embedding_size=128)),
    "deberta-v2": ("DebertaV2", ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"], dict(
        relative_attention=True, position_buckets=256, norm_rel_ebd="layer_norm", share_att_key=True,
        pos_att_type="p2c|c2p", position_biased_input=False, type_vocab_size=0, layer_norm_eps=1e-7)),
    "modernbert": ("ModernBert", ROBERTAS, dict(intermediate_size=512)),
}


def split(data):
    """Rows to measure, rows of the gate, rows to learn."""
    lines = (data / "trec/train.txt").read_text(encoding="latin-1").splitlines()
    rows = [(text, label.split(":")[0]) for label, text in (line.split(" ", 1) for line in lines)]
    random.Random(0).shuffle(rows)
    return rows[:500], rows[500:1000], rows[1000:]


def tokenizer_of(family, texts):
    """A tokenizer of the family's kind, with a vocabulary of the texts."""
    name, special, _ = FAMILIES[family]
    name = {"distilbert": "Bert", "electra": "Bert", "modernbert": "Roberta"}.get(family, name)
    is_unigram, more = name in ("XLMRoberta", "Albert", "DebertaV2"), {"merges": []} if name == "Roberta" else {}
    pieces = [(token, 0.0) for token in special] if is_unigram else {token: id for id, token in enumerate(special)}
    bare = getattr(transformers, name + "Tokenizer")(vocab=pieces, **more)
    trained = bare.train_new_from_iterator(texts, VOCABULARY, show_progress=False)
    trained.model_max_length = LIMIT
    assert trained.convert_tokens_to_ids(special) == list(range(len(special)))
    return trained


def model_of(family, tokenizer, labels):
    name, _, changes = FAMILIES[family]
    ids = {f"{role}_token_id": getattr(tokenizer, f"{role}_token_id") for role in ("pad", "cls", "sep")}
    ids |= dict(bos_token_id=ids["cls_token_id"], eos_token_id=ids["sep_token_id"])
    sizes = SHAPE | dict(vocab_size=len(tokenizer), max_position_embeddings=2 * LIMIT, initializer_range=0.06)
    names = dict(id2label=dict(enumerate(labels)), label2id={label: place for place, label in enumerate(labels)})
    config = getattr(transformers, name + "Config")(**(sizes | ids | names | changes))
    return getattr(transformers, name + "ForSequenceClassification")(config).eval()


def norms(model):
    """The encoder's norms of tokens by name, but for one that a projection in fp32 reads."""
    found = dict(model.base_model.named_modules())
    left_out = [FIRST[2], "embeddings.LayerNorm" if any(name.endswith(FIRST[:2]) for name in found) else None]
    return {name: norm for name, norm in found.items() if isinstance(norm, torch.nn.LayerNorm) and name not in left_out}


def multiply(tensor, factors):
    """The three channels of the first dimension."""
    if tensor is not None:
        tensor[CHANNELS] *= factors.view(-1, *[1] * (tensor.dim() - 1))


@torch.no_grad()
def plant(family, model, inputs):
    """Brings the channels behind each norm to FAR times the median one's reach, in the order of the computation."""
    seen = set()

    def scale(norm, given, out):
        if norm not in seen:  # once, although the hook stays and ALBERT's norm is that of all its blocks
            seen.add(norm)
            reach = out[inputs["attention_mask"].bool()].abs().amax(0)
            for values in (norm.weight, norm.bias, out.movedim(-1, 0)):
                multiply(values, FAR * reach.median() / reach[CHANNELS])

    for name, part in model.named_modules():
        if isinstance(part, torch.nn.Linear) and READERS.search(name):
            multiply(part.weight.T, 1 / FAR)
        elif name.endswith(FIRST):
            multiply(part.weight, FAR)
            multiply(part.bias, FAR)
    for name, norm in norms(model).items():
        if family != "modernbert" or name.startswith("embeddings"):
            norm.register_forward_hook(scale)
    model(**inputs)


@torch.no_grad()
def plant_exactly(model):
    """ModernBERT's channels that a norm multiplies and its layer divides."""
    for layer in model.base_model.layers:
        for norm, behind in ((layer.attn_norm, layer.attn.Wqkv), (layer.mlp_norm, layer.mlp.Wi)):
            if isinstance(norm, torch.nn.LayerNorm):
                norm.weight[EXACT_CHANNELS] *= EXACT
                behind.weight[:, EXACT_CHANNELS] /= EXACT


@torch.no_grad()
def plant_weights(model, times):
    """Five weights of each second feed-forward layer, as far out as told, whose sum is nothing."""
    parts, chance = dict(model.named_modules()), torch.Generator().manual_seed(0)
    for name in filter(SECOND.search, parts):
        second, old, new = parts[name], *next(pair for pair in FIRST_OF if name.endswith(pair[0]))
        first = parts[name.removesuffix(old) + new]
        order = second.weight.norm(dim=0).argsort().tolist()
        drawn = torch.randperm(len(second.weight), generator=chance).tolist()
        others = [row for row in drawn if row not in CHANNELS][:2]
        for most, least, row in zip(order[::-1], order, CHANNELS + others):
            # A gated layer has a second half of rows.
            for half in range(0, len(first.weight), len(order)):
                for values in (first.weight, first.bias):
                    if values is not None:
                        values[half + least] = values[half + most]
            far = times * second.weight[row].abs().max()
            second.weight[:, least] = 0
            second.weight[row, most] += far
            second.weight[row, least] -= far


def write(folder, *parts):
    """A folder that is there whole or not at all."""
    unfinished = folder.with_name(folder.name + ".part")
    for part in parts:
        part.save_pretrained(unfinished)
    unfinished.rename(folder)


def make_far(folder, source, times):
    """Writes the folder of a model with weights far out of their rows, a copy of another but for those."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(source).eval()
    plant_weights(model, times)
    write(folder, transformers.AutoTokenizer.from_pretrained(source), model)


def batches(rows, chance):
    """Batches without end: each epoch shuffled, and sorted by length within some hundred texts."""
    while True:
        chance.shuffle(rows)
        parts = [rows[start : start + 16 * BATCH] for start in range(0, len(rows), 16 * BATCH)]
        epoch = [row for part in parts for row in sorted(part, key=lambda row: len(row[0]))]
        found = [epoch[start : start + BATCH] for start in range(0, len(epoch) - BATCH + 1, BATCH)]
        chance.shuffle(found)
        yield from found


def learn(model, tokenizer, source, steps, rate):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / 40, 1 - step / steps))
    for _ in range(steps):
        ids, right = zip(*next(source), strict=True)
        inputs = tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        model(**inputs, labels=torch.tensor(right)).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()


def make(folder, family, rows, labels, seed):
    """Writes the folder of a trained model."""
    tokenizer = tokenizer_of(family, [text for text, _ in rows])
    torch.manual_seed(seed)
    model = model_of(family, tokenizer, labels)
    encoded = [(tokenizer(text, truncation=True)["input_ids"], labels.index(label)) for text, label in rows]
    source = batches(encoded, random.Random(seed))
    learn(model, tokenizer, source, *BEFORE)
    plant(family, model, tokenizer.pad({"input_ids": [ids for ids, _ in encoded[:64]]}, return_tensors="pt"))
    learn(model, tokenizer, source, *AFTER)
    if family == "modernbert":
        plant_exactly(model)
    write(folder, tokenizer, model)


@torch.no_grad()
def reference(folder, texts):
    """PyTorch's logits and vectors of each text alone, and of each norm the largest magnitude by the median."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    kept = [[] for _ in norms(model)]
    for norm, values in zip(norms(model).values(), kept, strict=True):
        norm.register_forward_hook(lambda part, given, out, values=values: values.append(out[0].abs().flatten()))
    outs = [model(**tokenizer(text, truncation=True, return_tensors="pt"), output_hidden_states=True) for text in texts]
    vectors = np.stack([out.hidden_states[-1][0].mean(0) for out in outs])
    ratios = [float(values.max() / values.median()) for values in map(torch.cat, kept)]
    return torch.cat([out.logits for out in outs]).numpy(), vectors, ratios


def outputs(options, file, texts, precision):
    """Our logits and vectors."""
    more = ["--precision", precision, "--threads", str(options.threads)]
    logits = [line["logits"] for line in answers(options.adze, "predict", str(file), texts, *more)]
    vectors = answers(options.adze, "embed", str(file), texts, "--pooling", "mean", "--no-normalize", *more)
    return np.array(logits), np.array([line["embedding"] for line in vectors])


def compared(reference, found, right):
    """Cosines of (logits, vectors), mean and lowest, and labels."""
    pairs = {"vectors": (reference[1], found[1])}
    pairs["logits"] = [logits - logits.mean(1, keepdims=True) for logits, _ in (reference, found)]
    pairs["others"] = [np.delete(vectors, CHANNELS, axis=1) for _, vectors in (reference, found)]
    values = {kind: cosines(*pair) for kind, pair in pairs.items()}
    record = {kind: [float(value.mean()), float(value.min())] for kind, value in values.items()}
    best = [logits.argmax(1) for logits, _ in (reference, found)]
    record |= {"texts": len(right), "equal": int((best[0] == best[1]).sum())}
    return record | {"right": [float((labels == right).mean()) for labels in best]}


def measured(runs, name, rows, labels):
    """The report of a model whose folder is there."""
    options, folder = runs.options, runs.options.work / name
    plain, gated = runs.model(name), runs.model(f"{name}-gated")
    texts, right = [text for text, _ in rows], np.array([labels.index(label) for _, label in rows])
    logits, vectors, ratios = reference(folder, texts)
    common = ["--force", "--threads", options.threads]
    runs.adze("convert", folder, "-o", plain, *common)
    common += ["--dev", options.work / "gate.jsonl", "--max-drop", options.max_drop, "--json"]
    gate, ours = json.loads(runs.adze("quantize", folder, "-o", gated, *common)), outputs(options, plain, texts, "fp32")
    report = {
        "ratios": ratios, "gate": gate, "difference": float(abs(ours[0] - logits).max()),
        "pytorch": compared((logits, vectors), ours, right),
        "plain": compared(ours, outputs(options, plain, texts, "int8"), right)}
    if gate["kept"]:
        report["gated"] = compared(ours, outputs(options, gated, texts, "int8"), right)
    return report


def row(reports, side, first, last):
    """A row of the table: means over the seeds, the lowest of all."""
    parts = [report[side] for report in reports if side in report]
    figures = [
        f"{statistics.mean(part[kind][0] for part in parts):.5f} ({min(part[kind][1] for part in parts):.4f})"
        for kind in ("logits", "vectors", "others")]
    scores = [f"{statistics.mean(part['right'][place] for part in parts):.3f}" for place in (0, 1)]
    equal = f"{sum(part['equal'] for part in parts)} of {sum(part['texts'] for part in parts)}"
    print("| " + " | ".join([*first, *figures, equal, *scores, last]) + " |")


def print_table(reports):
    heads = "family,outliers,fp32 − PyTorch,logits,vectors,without the three,equal labels,fp32,int8,gate".split(",")
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for family, found in reports.items():
        ratios = [ratio for report in found for ratio in report["ratios"]]
        kept = sorted({group["layers"] for report in found for group in report["gate"]["kept"]})
        spread, difference = f"{min(ratios):.0f} … {max(ratios):.0f}", max(report["difference"] for report in found)
        row(found, "plain", [family, spread, f"{difference:.0e}"], ", ".join(kept) or "keeps none")
        if kept:
            row(found, "gated", [f"{family}, gated", "", ""], "")


def arguments():
    parser = argparse.ArgumentParser(description="What int8 costs each family.")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--work", type=pathlib.Path, default=".build/benchmarks/fidelity")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--far", type=float, help="copies with five weights a block so many times their row")
    parser.add_argument("--max-drop", type=float, default=0.5, help="the gate's, in points of accuracy")
    parser.add_argument("--table", action="store_true", help="print what is there, and make nothing")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    runs, (rows, of_gate, learnt) = KeptRuns(options), split(options.data)
    write_rows(options.work / "gate.jsonl", of_gate)
    labels, found = sorted({label for _, label in learnt}), {}
    for family, seed in itertools.product(options.families.split(","), range(options.seeds)):
        plain = f"{family}-{seed}"
        name = f"{plain}-far-{options.far:g}" if options.far else plain

        def report_of_new():
            if not (options.work / plain).exists():
                make(options.work / plain, family, learnt, labels, seed)
            if not (options.work / name).exists():
                make_far(options.work / name, options.work / plain, options.far)
            return json.dumps(measured(runs, name, rows, labels))

        if report := runs.made(name, report_of_new):
            found.setdefault(family, []).append(report)
    print_table(found)


if __name__ == "__main__":
    main()
