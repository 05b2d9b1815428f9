#!/usr/bin/env python3
# Makes what sentence-transformers answers with the real all-mpnet-base-v2 to 200 sentences of ours, or
# Tests/Fixtures/real-mpnet of 12 of them. The small MPNets are make_family_fixtures.py's.
"""Golden embeddings of a real MPNet.

    python Tools/reference/make_mpnet_golden.py MODEL_FOLDER [OUT.safetensors]

Made with the versions of requirements.txt beside this file and sentence-transformers 6.2.0. OUT holds `embeddings` F32
[200, 768], of length one, and the ids that were used, as `ids` I32 [T] and `offsets` I32 [201]. OUT with .txt instead
holds the texts, one a line: from 3 to 150 words, and some that no limit lets through whole. Each text runs alone.
Without OUT, every 17th text goes to the fixture: 12, from 7 tokens to the limit's 384.
"""

import hashlib
import pathlib
import random
import sys
import time

import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from golden import FIXTURES, packed_ids, plain_cpu, save_tensors

SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
COUNT, LONG, EVERY = 200, 12, 17
WHO = [
    "the carpenter", "my neighbour", "an old shipwright", "the baker's daughter", "a retired surveyor", "Zoë",
    "Mr Nuñez", "the night porter", "Ødegård", "the choir", "a student of law", "the harbour master", "nobody", "李明",
    "Frau Weiß",
]
DID = [
    "mended", "sold", "forgot", "painted", "measured", "hid", "inherited", "described", "borrowed", "weighed",
    "re-assembled", "photographed", "misjudged", "admired", "couldn't find",
]
WHAT = [
    "the broken chair", "a map of the fens", "two bags of flour", "the café's last éclair",
    "an unbelievably small violin", "the 1987 accounts", "a letter from Kraków", "three hundred bricks",
    "the church bell", "a jar of crème fraîche", "the engine's governor", "her grandfather's adze",
    "€40 worth of stamps", "the antidisestablishmentarian pamphlet", "a wet coat", "東京 postcards",
]
WHERE = [
    "behind the mill", "in São Paulo", "on the 7:45 train", "under the stairs", "at the edge of the wood", "near Łódź",
    "beside the canal", "in the reading room", "at number 12b", "on a cold quay", "in Ἀθῆναι", "by the weir",
]
WHEN = [
    "before breakfast", "in the wet spring of 1962", "last Thursday", "at a quarter past eight",
    "when the rain stopped", "every other year", "during the strike", "after the concert", "at noon",
    "as soon as it was light",
]
JOINT = [", and then ", "; meanwhile ", ", although ", ", because ", " — so ", ", while ", "; later on, ", ", but "]
SHORT = [
    "It rained all day.", "Not quite yet!", "Naïve café-goers paid.", "Is it open?", "Ice, wood, stone.",
    "☃ snow fell 🙂.",
]


def clause(draw):
    parts = [draw.choice(WHO), draw.choice(DID), draw.choice(WHAT)]
    if draw.random() < 0.7:
        parts.append(draw.choice(WHERE))
    if draw.random() < 0.5:
        parts.append(draw.choice(WHEN))
    return " ".join(parts)


def sentence(draw, words):
    """Clauses until there are as many words, cut there."""
    text = clause(draw)
    while len(text.split()) < words:
        text += draw.choice(JOINT) + clause(draw)
    text = " ".join(text.split()[:words]).rstrip(",;—")
    return text[0].upper() + text[1:] + draw.choice([".", ".", "!", "?", "..."])


def sentences():
    draw = random.Random(20)
    texts = list(SHORT)
    plain = COUNT - LONG - len(SHORT)
    # Most texts are short: the words grow with the square of the place.
    counts = [3 + round(147 * (place / (plain - 1)) ** 2) for place in range(plain)]
    for words in counts + [170 + 40 * place for place in range(LONG)]:
        text = sentence(draw, words)
        while text in texts:
            text = sentence(draw, words)
        texts.append(text)
    draw.shuffle(texts)
    assert len(set(texts)) == len(texts) == COUNT and not any("\n" in text for text in texts)
    return texts


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    source = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else FIXTURES / "real-mpnet" / "golden.safetensors"
    assert hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest() == SHA256
    model = SentenceTransformer(str(source), device="cpu")
    texts = sentences() if len(sys.argv) > 2 else sentences()[::EVERY]
    # What the model is really given, after the limits of all the files.
    rows = [model.preprocess([text])["input_ids"][0].tolist() for text in texts]
    whole = [len(model.tokenizer(text)["input_ids"]) for text in texts]
    start = time.monotonic()
    embeddings = model.encode(texts, batch_size=1, convert_to_tensor=True, show_progress_bar=False)
    seconds = time.monotonic() - start
    lengths = embeddings.norm(dim=1)
    assert embeddings.shape == (len(texts), 768) and torch.allclose(lengths, torch.ones_like(lengths), atol=1e-5)

    out.parent.mkdir(parents=True, exist_ok=True)
    packed = packed_ids([(row, [0] * len(row)) for row in rows])
    save_tensors(out, {"embeddings": embeddings, "ids": packed["ids"], "offsets": packed["offsets"]})
    out.chmod(0o644)
    out.with_suffix(".txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    print(f"max_seq_length {model.max_seq_length}, model_max_length {model.tokenizer.model_max_length}")
    print(f"tokens used: {min(map(len, rows))} to {max(map(len, rows))}, {sum(map(len, rows))} in all")
    print(f"texts of over 128 tokens: {sum(n > 128 for n in whole)}, over 384: {sum(n > 384 for n in whole)}")
    print(f"{seconds:.1f} s on one thread, one text at a time")


if __name__ == "__main__":
    main()
