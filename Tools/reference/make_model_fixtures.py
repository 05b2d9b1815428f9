#!/usr/bin/env python3
# Makes the small random BERTs under Tests/Fixtures/models and what transformers says they answer.
"""Small models with golden outputs.

    python Tools/reference/make_model_fixtures.py

Made with torch 2.13.0, transformers 5.23.0, tokenizers 0.23.3, safetensors 0.8.0 (requirements.txt beside this
file). The same versions give the same bytes, except for the one legacy pickle, whose storage keys are memory
addresses: that file is left alone when what it holds has not changed.

Each folder is what `save_pretrained` gives, with a vocabulary of our own, plus `golden.safetensors` (inputs and
outputs, see golden.py) and `golden.json` (the same inputs for people, with the texts they came from).
"""

import copy
import json
import shutil

import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

from transformers.utils import logging

from golden import (
    FIXTURES, encoder_of, mean_pooled, packed_ids, plain_cpu, randomise, run_alone, save_tensors, write_json,
)

MODELS = FIXTURES / "models"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = "the beam was cut too short by a good sharp adze and oak is not soft wood we saw it split".split()
ENDINGS = ["##s", "##ed", "##er", "##ing", "##ly"]
VOCABULARY = SPECIAL + list(".,!?'-") + list(dict.fromkeys(list(LETTERS) + WORDS)) + ENDINGS + [
    "##" + letter for letter in LETTERS if letter != "s"
]

# (text, pair): what the tokenizer of every folder turns into ids. "Œ" is in no word piece and becomes [UNK].
TEXTS = [
    ("", None),
    ("The oak beam was cut.", None),
    ("Good!", "Not Œ."),
]


def vocabulary_size():
    assert len(set(VOCABULARY)) == len(VOCABULARY)
    return len(VOCABULARY)


def configuration(**changes):
    base = dict(
        vocab_size=vocabulary_size(), type_vocab_size=2, max_position_embeddings=16, attn_implementation="eager",
        hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1,
    )
    return BertConfig(**(base | changes))


def save_tokenizer(folder, max_length):
    """Writes vocab.txt, tokenizer.json and tokenizer_config.json, and checks that AutoTokenizer reads them back."""
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    ids = {piece: index for index, piece in enumerate(VOCABULARY)}
    BertTokenizer(vocab=ids, do_lower_case=True, model_max_length=max_length).save_pretrained(folder)
    loaded = AutoTokenizer.from_pretrained(folder)
    assert loaded.convert_ids_to_tokens(range(len(VOCABULARY))) == VOCABULARY
    return loaded


def sequences_for(tokenizer, max_position, seed):
    """Encoded texts, then random ids of length 1, 9 and exactly max_position with mixed type ids."""
    described = []
    for text, pair in TEXTS:
        encoded = tokenizer(text, pair) if pair is not None else tokenizer(text)
        entry = {"text": text} | ({"pair": pair} if pair is not None else {})
        described.append(entry | {"ids": encoded["input_ids"], "typeIds": encoded["token_type_ids"]})
    generator = torch.Generator().manual_seed(seed)
    for length in (1, 9, max_position):
        ids = torch.randint(0, vocabulary_size(), (length,), generator=generator).tolist()
        types = torch.randint(0, 2, (length,), generator=generator).tolist()
        described.append({"ids": ids, "typeIds": types})
    assert all(len(entry["ids"]) <= max_position for entry in described)
    return described, [(entry["ids"], entry["typeIds"]) for entry in described]


def fresh_folder(name):
    folder = MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def make_model(name, about, model, seed, everything=True):
    """One folder: the model with random weights, its tokenizer, its golden outputs.

    `everything` off keeps the last hidden state alone, without the blocks between and the attentions.
    """
    folder = fresh_folder(name)
    randomise(model, seed)
    model.save_pretrained(folder)
    max_position = model.config.max_position_embeddings
    described, sequences = sequences_for(save_tokenizer(folder, max_position), max_position, seed)
    golden = packed_ids(sequences) | run_alone(model, sequences, everything)
    save_tensors(folder / "golden.safetensors", golden)
    write_json(folder / "golden.json", {"about": about, "sequences": described})
    reloaded = type(model).from_pretrained(folder, attn_implementation="eager", **more_for_reload(model)).eval()
    assert torch.equal(encoder_state(reloaded), encoder_state(model))
    return folder, model, sequences


def more_for_reload(model):
    return {"add_pooling_layer": False} if isinstance(model, BertModel) and model.pooler is None else {}


def encoder_state(model):
    return torch.cat([parameter.flatten() for _, parameter in sorted(model.named_parameters())])


def add_pruned(folder, model, sequences, keeps):
    """Adds pruned.safetensors: the outputs of the same model with only some blocks kept, in order.

    Tensors are `<rule>/last_hidden_state`, `<rule>/pooled`, `<rule>/logits`; pruned.json lists each rule's blocks.
    """
    tensors = {}
    for rule, blocks in keeps.items():
        cut = copy.deepcopy(model)
        encoder = encoder_of(cut).encoder
        encoder.layer = torch.nn.ModuleList([encoder.layer[block] for block in blocks])
        cut.config.num_hidden_layers = len(blocks)
        tensors |= {f"{rule}/{key}": t for key, t in run_alone(cut, sequences, everything=False).items()}
    save_tensors(folder / "pruned.safetensors", tensors)
    write_json(folder / "pruned.json", {"about": "golden.safetensors' inputs through the kept blocks", "keep": keeps})


def make_classifiers():
    gelu = configuration(
        hidden_size=24, num_attention_heads=3, num_hidden_layers=3, intermediate_size=28, hidden_act="gelu",
        problem_type="single_label_classification", id2label={0: "rejected", 1: "accepted"},
        label2id={"rejected": 0, "accepted": 1},
    )
    folder, model, sequences = make_model(
        "seqcls-gelu", "three blocks, two named labels, three heads of size 8", BertForSequenceClassification(gelu), 11)
    add_pruned(folder, model, sequences, {
        "first:1": [0], "first:2": [0, 1], "last:1": [2], "every:2": [0, 2],
    })
    odd = configuration(
        hidden_size=30, num_attention_heads=5, num_hidden_layers=1, intermediate_size=37, hidden_act="gelu_new",
        num_labels=3, layer_norm_eps=1e-5, max_position_embeddings=19,
    )
    make_model(
        "seqcls-odd", "sizes that are no power of two, tanh GELU, another epsilon, unnamed labels",
        BertForSequenceClassification(odd), 2)
    multi = configuration(
        hidden_size=20, num_attention_heads=1, num_hidden_layers=2, intermediate_size=24, hidden_act="relu",
        problem_type="multi_label_classification",
        id2label={0: "oak", 1: "ash", 2: "elm", 3: "yew"}, label2id={"oak": 0, "ash": 1, "elm": 2, "yew": 3},
    )
    make_model(
        "seqcls-relu-multilabel", "one attention head, ReLU, four labels of which any number may hold",
        BertForSequenceClassification(multi), 3)
    regression = configuration(
        hidden_size=14, num_attention_heads=2, num_hidden_layers=1, intermediate_size=20, hidden_act="gelu",
        problem_type="regression", num_labels=1,
    )
    make_model("seqcls-regression", "one number out", BertForSequenceClassification(regression), 4, everything=False)


def make_bare_encoders():
    config = configuration(
        hidden_size=12, num_attention_heads=2, num_hidden_layers=4, intermediate_size=18, hidden_act="gelu")
    folder, model, sequences = make_model(
        "bertmodel-pooler", "no head; four blocks, for cutting", BertModel(config), 5)
    add_pruned(folder, model, sequences, {
        "first:1": [0], "first:3": [0, 1, 2], "last:1": [3], "every:2": [0, 2], "1,3": [1, 3],
    })
    make_old_names(model, sequences)
    config = configuration(
        hidden_size=10, num_attention_heads=2, num_hidden_layers=1, intermediate_size=14, hidden_act="gelu")
    make_model("bertmodel-nopooler", "no head and no pooler", BertModel(config, add_pooling_layer=False), 6)


def make_old_names(model, sequences):
    """bertmodel-pooler's weights as a pre-training checkpoint of 2019 names them."""
    folder = fresh_folder("names-old")
    tensors = {}
    for name, value in model.state_dict().items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        tensors["bert." + name] = value
    config = model.config
    tensors["bert.embeddings.position_ids"] = torch.arange(config.max_position_embeddings)[None]
    generator = torch.Generator().manual_seed(7)
    hidden, words = config.hidden_size, config.vocab_size
    heads = {
        "predictions.bias": (words,), "predictions.transform.dense.weight": (hidden, hidden),
        "predictions.transform.dense.bias": (hidden,), "predictions.transform.LayerNorm.gamma": (hidden,),
        "predictions.transform.LayerNorm.beta": (hidden,), "seq_relationship.weight": (2, hidden),
        "seq_relationship.bias": (2,),
    }
    for name, shape in heads.items():
        tensors["cls." + name] = torch.randn(shape, generator=generator)
    tensors["cls.predictions.decoder.weight"] = tensors["bert.embeddings.word_embeddings.weight"]
    save_tensors(folder / "model.safetensors", tensors, {"format": "pt"})
    values = config.to_diff_dict() | {"architectures": ["BertForPreTraining"]}
    write_json(folder / "config.json", values)
    save_tokenizer(folder, config.max_position_embeddings)
    write_json(folder / "golden.json", {"about": "old names for the same weights", "sameAs": "bertmodel-pooler"})
    loaded = BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    ours, theirs = run_alone(model, sequences), run_alone(loaded, sequences)
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


def make_sentence_transformer():
    """A sentence-transformers folder: mean pooling, then scaling to length one, cut at 12 tokens."""
    config = configuration(
        hidden_size=8, num_attention_heads=2, num_hidden_layers=2, intermediate_size=12, hidden_act="gelu")
    folder, model, _ = make_model(
        "sentence-transformers", "mean pooling and normalisation; max_seq_length is 12", BertModel(config), 8,
        everything=False)
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(modules)
    ])
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 12, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    modes = {f"pooling_mode_{mode}": mode == "mean_tokens" for mode in (
        "cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")}
    write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 8} | modes)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [
        "The adze is sharp.", "A sharp adze!", "Oak splits, ash is not soft.", "",
        "We saw the beam and cut it too short by a good bit of the wood.",
    ]
    rows = [tokenizer(text, truncation=True, max_length=12)["input_ids"] for text in texts]
    embeddings = [mean_pooled(model(torch.tensor([ids])).last_hidden_state[0]) for ids in rows]
    save_tensors(folder / "embeddings.safetensors", {"embeddings": torch.stack(embeddings)})
    write_json(folder / "embeddings.json", {
        "about": "one row of embeddings.safetensors a text",
        "texts": [{"text": text, "ids": ids} for text, ids in zip(texts, rows)],
    })


def save_torch(path, value, zipped=True):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(value, path, _use_new_zipfile_serialization=zipped)


def make_containers():
    """One small classifier in every container; all but the 16-bit ones hold the same float32 values."""
    old_legacy = MODELS / "containers" / "torch-legacy" / "pytorch_model.bin"
    kept = old_legacy.read_bytes() if old_legacy.exists() else None
    shutil.rmtree(MODELS / "containers", ignore_errors=True)
    config = configuration(
        hidden_size=8, num_attention_heads=2, num_hidden_layers=2, intermediate_size=12, hidden_act="gelu")
    folder, model, sequences = make_model(
        "containers/safetensors", "the plain file that the other containers are compared with",
        BertForSequenceClassification(config), 9, everything=False)
    state = {name: value.clone() for name, value in model.state_dict().items()}

    def container(name):
        place = fresh_folder(f"containers/{name}")
        shutil.copy(folder / "config.json", place)
        shutil.copy(folder / "vocab.txt", place)
        return place

    model.save_pretrained(container("sharded"), max_shard_size="4KB")
    shards = sorted((MODELS / "containers" / "sharded").glob("model-*.safetensors"))
    assert len(shards) == 3, [shard.name for shard in shards]
    save_torch(container("torch-zip") / "pytorch_model.bin", state)
    save_torch(container("torch-legacy") / "pytorch_model.bin", state, zipped=False)
    if kept is not None:
        new_legacy = old_legacy.read_bytes()
        old_legacy.write_bytes(kept)
        held = torch.load(old_legacy, weights_only=True)
        if list(held) != list(state) or not all(torch.equal(held[key], state[key]) for key in state):
            old_legacy.write_bytes(new_legacy)
    nested = {"state_dict": {f"module.{name}": value for name, value in state.items()}, "epoch": 3}
    save_torch(container("torch-nested") / "checkpoint.pt", nested)
    save_torch(container("torch-compiled") / "checkpoint.pt", {f"_orig_mod.{name}": v for name, v in state.items()})
    for name, dtype in (("fp16", torch.float16), ("bf16", torch.bfloat16)):
        place = container(name)
        short = {key: value.to(dtype) for key, value in state.items()}
        save_tensors(place / "model.safetensors", short, {"format": "pt"})
        values = json.loads((place / "config.json").read_text()) | {"dtype": str(dtype).removeprefix("torch.")}
        write_json(place / "config.json", values)
        widened = copy.deepcopy(model)
        widened.load_state_dict({key: value.float() for key, value in short.items()})
        rounded = run_alone(widened, sequences, everything=False)
        save_tensors(place / "golden.safetensors", packed_ids(sequences) | rounded)


def check_pairs_share_weights():
    plain = load_file(MODELS / "bertmodel-pooler" / "model.safetensors")
    old = load_file(MODELS / "names-old" / "model.safetensors")
    assert all(
        torch.equal(value, old["bert." + name.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta")])
        for name, value in plain.items()
    )


def report_sizes():
    total = 0
    for folder in sorted(MODELS.iterdir()):
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        total += size
        print(f"{size:8,}  {folder.name}")
    print(f"{total:8,}  in all")
    assert total < 800_000, "the committed fixtures must stay small"


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    make_classifiers()
    make_bare_encoders()
    make_sentence_transformer()
    make_containers()
    check_pairs_share_weights()
    report_sizes()
