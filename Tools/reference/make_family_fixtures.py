#!/usr/bin/env python3
# Makes the small random models of the families beyond BERT under Tests/Fixtures/families and what transformers says they
# answer. BERT's own are made by make_model_fixtures.py, the gradients by make_family_training_golden.py.
"""Small models of the families beyond BERT, a folder a class, with golden outputs.

    python Tools/reference/make_family_fixtures.py [FAMILY...]

Made with the versions of requirements.txt beside this file. The same versions give the same bytes, except for the one
legacy pickle, whose storage keys are memory addresses: that file is left alone when what it holds has not changed.

A folder is what `save_pretrained` gives, with a vocabulary of our own, `golden.safetensors` (inputs and outputs, see
golden.py) and `golden.json` (the same inputs for people). `base` holds every hidden state and all attentions, the
others the last hidden state and their head's logits. Some folders hold the weights of another in the form of older
files, and say in golden.json which.
"""

import json
import shutil
import sys

import torch
import transformers
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.utils import logging

from golden import FIXTURES, batch_of, encoder_of, packed_ids, plain_cpu, randomise, run_alone, save_tensors, write_json
from make_model_fixtures import SPECIAL, TEXTS, VOCABULARY, save_torch

FAMILIES = FIXTURES / "families"
HEADS = {
    "base": "Model", "sequence": "ForSequenceClassification", "token": "ForTokenClassification",
    "questions": "ForQuestionAnswering", "masked": "ForMaskedLM", "pretraining": "ForPreTraining",
}
# What transformers calls a head's logits, what we call them, and whether there is a row a token.
OUTPUTS = {
    "base": [],
    "sequence": [("logits", "logits", False)],
    "token": [("logits", "token_logits", True)],
    "questions": [("start_logits", "start_logits", True), ("end_logits", "end_logits", True)],
    "masked": [("logits", "vocabulary_logits", True)],
    "pretraining": [
        ("prediction_logits", "vocabulary_logits", True), ("sop_logits", "next_sentence_logits", False)],
}
SHORT = {
    "distilbert": "DistilBert", "electra": "Electra", "mpnet": "MPNet", "roberta": "Roberta",
    "xlm-roberta": "XLMRoberta", "camembert": "Camembert", "modernbert": "ModernBert", "deberta-v2": "DebertaV2",
    "albert": "Albert",
}
# As in the real files: MPNet's own first, then BERT's vocabulary with BERT's special tokens, the mask last. RoBERTa and
# its kind, whose tokenizers are another matter, have the same here.
MPNET_VOCABULARY = ["<s>", "<pad>", "</s>", "<unk>"] + VOCABULARY + ["<mask>"]
MPNET_PAD = 1
# Their positions begin after the pad id.
ROBERTAS = ("roberta", "xlm-roberta", "camembert")
# Those with another's class of tokenizers.
BORROWERS = ROBERTAS + ("deberta-v2",)
OFFSET = ("mpnet",) + ROBERTAS
# MPNet's buckets grow logarithmically from distance 8 and the last begins at 91, which only a long text shows.
LAST_BUCKET = 91


def names(*words):
    return dict(id2label=dict(enumerate(words)), label2id={word: index for index, word in enumerate(words)})


WAYS = names("splits", "bends", "holds") | {"problem_type": "single_label_classification"}
PARTS = names("O", "B-TREE", "I-TREE", "B-TOOL", "I-TOOL")


def distilbert(positions, **changes):
    base = dict(
        vocab_size=len(VOCABULARY), dim=12, n_heads=2, n_layers=2, hidden_dim=16, max_position_embeddings=positions)
    return base | changes


def electra(positions, **changes):
    base = dict(
        vocab_size=len(VOCABULARY), embedding_size=8, hidden_size=12, num_attention_heads=2, num_hidden_layers=2,
        intermediate_size=16, max_position_embeddings=positions)
    return base | changes


def mpnet(rows, **changes):
    base = dict(
        vocab_size=len(MPNET_VOCABULARY), hidden_size=12, num_attention_heads=2, num_hidden_layers=2,
        intermediate_size=20, max_position_embeddings=rows, layer_norm_eps=1e-5)
    return base | changes


def roberta(rows, **changes):
    return mpnet(rows, type_vocab_size=1) | changes


def modernbert(**changes):
    """Published models take 8192 tokens; the texts here are as long as `MODERNBERT_TOKENS` says."""
    base = dict(
        vocab_size=len(VOCABULARY), hidden_size=12, num_attention_heads=2, num_hidden_layers=4, intermediate_size=10,
        local_attention=8, pad_token_id=0, cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3)
    return base | changes


# Beyond the rows of attention that are computed at once, but where every attention weight is kept.
MODERNBERT_TOKENS = {"base": 30}
WINDOWS = ["full_attention", "sliding_attention", "sliding_attention"]
BIASES = dict(norm_bias=True, attention_bias=True, mlp_bias=True, classifier_bias=True)


def deberta(limit, **changes):
    """As in the third version, but for sizes."""
    base = dict(
        vocab_size=len(VOCABULARY), hidden_size=12, num_attention_heads=2, num_hidden_layers=2, intermediate_size=20,
        max_position_embeddings=limit, relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type="p2c|c2p", position_biased_input=False)
    return base | changes


def albert(positions, **changes):
    base = dict(
        vocab_size=len(VOCABULARY), embedding_size=8, hidden_size=12, num_attention_heads=2, num_hidden_layers=3,
        intermediate_size=16, max_position_embeddings=positions)
    return base | changes


# family, folder, what is special about it, configuration, seed. A head's activation is told from the blocks' wherever
# transformers fixes one of them.
MODELS = [
    ("distilbert", "base", "every state of two blocks", distilbert(24), 31),
    ("distilbert", "sequence", "three named labels; the head's ReLU after blocks with GELU",
     distilbert(32, **WAYS), 32),
    ("distilbert", "token", "five named labels a token; tanh GELU, three heads",
     distilbert(28, activation="gelu_new", n_heads=3, **PARTS), 33),
    ("distilbert", "questions", "config.json says that positions are sinusoids; the table holds other values",
     distilbert(24, sinusoidal_pos_embds=True), 34),
    ("distilbert", "masked", "ReLU in the blocks and in the head", distilbert(26, activation="relu"), 35),
    ("electra", "base", "embeddings of 8 for states of 12", electra(24), 41),
    ("electra", "sequence", "three named labels; the head's erf GELU after blocks with ReLU",
     electra(32, hidden_act="relu", **WAYS), 42),
    ("electra", "token", "embeddings as wide as the states, so that nothing projects them; five named labels a token",
     electra(28, embedding_size=12, **PARTS), 43),
    ("electra", "questions", "embeddings wider than the states, another epsilon",
     electra(24, embedding_size=20, layer_norm_eps=1e-5), 44),
    ("electra", "masked", "the head's erf GELU after blocks with tanh GELU, embeddings of 8",
     electra(26, hidden_act="gelu_new"), 45),
    ("mpnet", "base", "a pooler; 64 tokens; a pad id inside a text; tokenizer.json pads and truncates", mpnet(66), 51),
    ("mpnet", "sequence", "three named labels; 138 tokens, which take every bucket", mpnet(140, **WAYS), 52),
    ("mpnet", "token", "five named labels a token; 64 tokens, three heads",
     mpnet(66, num_attention_heads=3, **PARTS), 53),
    ("mpnet", "questions", "ReLU, epsilon 1e-12", mpnet(42, hidden_act="relu", layer_norm_eps=1e-12), 54),
    ("mpnet", "masked", "the head's erf GELU after blocks with tanh GELU", mpnet(34, hidden_act="gelu_new"), 55),
    ("roberta", "base", "a pooler; a pad id inside a text; tokenizer.json alone, of the generic class", roberta(34), 71),
    ("roberta", "sequence", "three named labels; the head's tanh after blocks with GELU; a dropout of the classifier's own",
     roberta(34, classifier_dropout=0.25, **WAYS), 72),
    ("roberta", "token", "five named labels a token; two rows of token types, which random ids use; three heads",
     roberta(30, num_attention_heads=3, type_vocab_size=2, **PARTS), 73),
    ("roberta", "questions", "ReLU, epsilon 1e-12", roberta(26, hidden_act="relu", layer_norm_eps=1e-12), 74),
    ("roberta", "masked", "the head's erf GELU after blocks with tanh GELU", roberta(28, hidden_act="gelu_new"), 75),
    ("xlm-roberta", "base", "a pooler; a pad id inside a text; tanh GELU", roberta(26, hidden_act="gelu_new"), 81),
    ("xlm-roberta", "sequence", "three named labels; ReLU", roberta(26, hidden_act="relu", **WAYS), 82),
    ("xlm-roberta", "token", "five named labels a token; three heads", roberta(26, num_attention_heads=3, **PARTS), 83),
    ("xlm-roberta", "questions", "as in the published models", roberta(26), 84),
    ("xlm-roberta", "masked", "epsilon 1e-12, erf GELU", roberta(26, layer_norm_eps=1e-12), 85),
    ("camembert", "base", "a pooler; a pad id inside a text; three heads", roberta(26, num_attention_heads=3), 91),
    ("camembert", "sequence", "three named labels; tanh GELU", roberta(26, hidden_act="gelu_new", **WAYS), 92),
    ("camembert", "token", "five named labels a token; the pad id is 3, and inside a text",
     roberta(28, pad_token_id=3, **PARTS), 93),
    ("camembert", "questions", "two rows of token types and epsilon 1e-12, as the code has it where nothing is said",
     roberta(26, type_vocab_size=2, layer_norm_eps=1e-12), 94),
    ("camembert", "masked", "ReLU in the blocks alone", roberta(26, hidden_act="relu"), 95),
    ("modernbert", "base", "blocks whole, window, window, whole; no bias at all", modernbert(), 101),
    ("modernbert", "sequence", "three named labels; the first token's state; every layer with a bias; the last block has a window",
     modernbert(num_hidden_layers=3, layer_types=WINDOWS, **BIASES, **WAYS), 102),
    ("modernbert", "token", "five named labels a token; three heads; a window of an odd size; other angles",
     modernbert(num_attention_heads=3, local_attention=7, num_hidden_layers=2, hidden_activation="gelu_new",
                rope_parameters={"full_attention": {"rope_type": "default", "rope_theta": 500.0},
                                 "sliding_attention": {"rope_type": "default", "rope_theta": 30.0}}, **PARTS), 103),
    ("modernbert", "questions", "windows alone; ReLU in the head", modernbert(
        num_hidden_layers=2, layer_types=["sliding_attention"] * 2, classifier_activation="relu"), 104),
    ("modernbert", "masked", "ReLU in the blocks; a projection without a bias; the last block has a window",
     modernbert(num_hidden_layers=2, hidden_activation="relu", decoder_bias=False, classifier_bias=True), 105),
    ("deberta-v2", "base", "as version 3: eight buckets, of which 40 tokens take all", deberta(40), 101),
    ("deberta-v2", "sequence", "three named labels; 150 tokens in 64 buckets; a pooler with tanh after blocks with ReLU; "
     "a dropout of the classifier's own",
     deberta(150, position_buckets=64, hidden_act="relu", pooler_hidden_act="tanh", cls_dropout=0.25, **WAYS), 102),
    ("deberta-v2", "token", "five named labels a token; distances without buckets up to 10, by layers of their own and not "
     "normalised; two types of tokens, positions, embeddings of 8; three heads",
     deberta(28, position_buckets=-1, max_relative_positions=10, norm_rel_ebd="none", share_att_key=False,
             position_biased_input=True, type_vocab_size=2, embedding_size=8, num_attention_heads=3, **PARTS), 103),
    ("deberta-v2", "questions", "keys of distances alone, by layers of their own; epsilon 1e-5",
     deberta(26, position_buckets=6, share_att_key=False, pos_att_type="c2p", layer_norm_eps=1e-5), 104),
    ("deberta-v2", "masked", "queries of distances alone; tanh GELU",
     deberta(34, pos_att_type="p2c", hidden_act="gelu_new"), 105),
    ("albert", "base", "a pooler; three layers share a block; embeddings of 8 for states of 12", albert(24), 101),
    ("albert", "sequence", "three named labels; five layers share two blocks, three the first; erf GELU",
     albert(32, num_hidden_layers=5, num_hidden_groups=2, hidden_act="gelu", **WAYS), 102),
    ("albert", "token", "five named labels a token; embeddings as wide as the states, projected all the same; three heads",
     albert(28, embedding_size=12, num_attention_heads=3, **PARTS), 103),
    ("albert", "questions", "two layers with a block of their own; embeddings wider than the states; ReLU, another epsilon",
     albert(24, num_hidden_layers=2, num_hidden_groups=2, embedding_size=20, hidden_act="relu", layer_norm_eps=1e-5),
     104),
    ("albert", "masked", "tanh GELU in the blocks and in the head, embeddings of 8", albert(26), 105),
    ("albert", "pretraining", "words and the order of two texts; ReLU in the head too", albert(26, hidden_act="relu"), 106),
]


def fresh_folder(family, name):
    folder = FAMILIES / family / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def vocabulary_of(family, pad):
    if family not in OFFSET:
        return VOCABULARY
    special = ["<s>", "</s>", "<unk>"]
    return special[:pad] + ["<pad>"] + special[pad:] + VOCABULARY + ["<mask>"]


def pad_of(family, config):
    """MPNet's positions begin after row 1, whatever config.json calls the pad id."""
    return MPNET_PAD if family == "mpnet" else config.pad_token_id


def token_limit(family, config, name=None):
    if family == "modernbert":
        return MODERNBERT_TOKENS.get(name, 110)
    return config.max_position_embeddings - (pad_of(family, config) + 1 if family in OFFSET else 0)


def tokenizer_class(family):
    # transformers 5 saves an ELECTRA's tokenizer as a BertTokenizer, which is another name of the same class.
    # Those of RoBERTa's kind have MPNet's WordPiece here, which stands in the same frames; the newer have BERT's, also
    # those that are SentencePiece in real files.
    names = dict.fromkeys(["electra", "modernbert", "deberta-v2", "albert"], "BertTokenizer")
    names |= dict.fromkeys(ROBERTAS, "MPNetTokenizer")
    name = names.get(family, SHORT[family] + "Tokenizer")
    return getattr(transformers, name)


def save_tokenizer(family, folder, config):
    """vocab.txt and tokenizer_config.json, and in one folder a tokenizer.json such as real ones are."""
    vocabulary, limit = vocabulary_of(family, pad_of(family, config)), token_limit(family, config, folder.name)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    ids = {piece: index for index, piece in enumerate(vocabulary)}
    tokenizer = tokenizer_class(family)(vocab=ids, do_lower_case=True, model_max_length=limit)
    tokenizer.save_pretrained(folder)
    is_generic = family == "modernbert" or (family, folder.name) == ("roberta", "base")
    if (family, folder.name) == ("mpnet", "base"):
        pad_like_real_files(folder / "tokenizer.json")
    elif not is_generic:
        (folder / "tokenizer.json").unlink()
    if is_generic:
        leave_to_generic_class(folder)
        return PreTrainedTokenizerFast.from_pretrained(folder)
    loaded = type(tokenizer).from_pretrained(folder) if family in BORROWERS else AutoTokenizer.from_pretrained(folder)
    assert type(loaded) is type(tokenizer)
    assert loaded.convert_ids_to_tokens(range(len(vocabulary))) == vocabulary
    return loaded


def pad_like_real_files(path):
    """all-mpnet-base-v2's tokenizer.json cuts and pads every text to 128 tokens, and adds a second unknown token, which
    is sought after lower-casing. Here 20 tokens will do."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.add_special_tokens([AddedToken("<unk>", normalized=True, special=True)])
    tokenizer.enable_truncation(20)
    tokenizer.enable_padding(length=20, pad_id=MPNET_PAD, pad_token="<pad>")
    path.write_text(tokenizer.to_str(pretty=False) + "\n", encoding="utf-8")


def leave_to_generic_class(folder):
    """The class that takes all from tokenizer.json, and what it feeds a model without types of tokens."""
    (folder / "vocab.txt").unlink()
    path = folder / "tokenizer_config.json"
    values = json.loads(path.read_text()) | {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_input_names": ["input_ids", "attention_mask"]}
    write_json(path, values)


def check_file_agrees(folder, described):
    """What `tokenizers` reads in tokenizer.json gives the ids that transformers gave."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    for entry in described:
        if "text" in entry:
            assert tokenizer.encode(entry["text"], entry.get("pair")).ids == entry["ids"]


def sequences_for(family, name, tokenizer, limit, type_rows, seed):
    """Encoded texts, then random ids of length 1, 9 and exactly the limit; types are random only where a model has
    them. No random id is the pad's but one in the nine where positions count from it: of each base, and where it is not 1."""
    described = []
    texts = TEXTS + ([(f"The {tokenizer.mask_token} is sharp.", None)] if name in ("masked", "pretraining") else [])
    for text, pair in texts:
        encoded = tokenizer(text, pair) if pair is not None else tokenizer(text)
        assert ("token_type_ids" in encoded) == (family in ("electra", "deberta-v2", "albert"))
        types = encoded.get("token_type_ids", [0] * len(encoded["input_ids"]))
        entry = {"text": text} | ({"pair": pair} if pair is not None else {})
        described.append(entry | {"ids": encoded["input_ids"], "typeIds": types})
    generator = torch.Generator().manual_seed(seed)
    pad, count = tokenizer.pad_token_id, len(tokenizer)
    for length in (1, 9, limit):
        ids = torch.randint(0, count - 1, (length,), generator=generator)
        ids += (ids >= pad).long()
        types = torch.randint(0, max(1, type_rows), (length,), generator=generator).tolist()
        described.append({"ids": ids.tolist(), "typeIds": types})
    if family in OFFSET and (name == "base" or pad > 1):
        described[-2]["ids"][4] = pad
    assert all(len(entry["ids"]) <= limit for entry in described)
    return described, [(entry["ids"], entry["typeIds"]) for entry in described]


def outputs(name, model, sequences):
    """The encoder's outputs and the head's logits of each sequence run alone, packed."""
    found = {}
    for ids, type_ids in sequences:
        out = model(**batch_of(model, ids, type_ids))
        for theirs, ours, by_token in OUTPUTS[name]:
            found.setdefault(ours, []).append(out[theirs][0] if by_token else out[theirs])
    logits = {ours: torch.cat(parts) for ours, parts in found.items()}
    assert all(torch.isfinite(t).all() for t in logits.values())
    return run_alone(encoder_of(model), sequences, everything=name == "base") | logits


def check_first_state(model, sequences, golden):
    """The first hidden state is what the first block takes: after ELECTRA's and ALBERT's projection."""
    encoder = encoder_of(model)
    for index, (ids, type_ids) in enumerate(sequences):
        state = encoder.embeddings(**batch_of(model, ids, type_ids))
        if hasattr(encoder, "embeddings_project"):
            state = encoder.embeddings_project(state)
        if encoder.config.model_type == "albert":
            state = encoder.encoder.embedding_hidden_mapping_in(state)
        first, after = golden["offsets"][index], golden["offsets"][index + 1]
        assert torch.equal(golden["hidden"][0, first:after], state[0])


def check_reloaded(model, folder, name, sequences, golden):
    """What a folder holds is the model. Only its place in memory differs, and by it how sums are rounded."""
    again = type(model).from_pretrained(folder, attn_implementation="eager").eval()
    ours, theirs = dict(model.named_parameters()), dict(again.named_parameters())
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in ours)
    for key, value in outputs(name, again, sequences).items():
        assert torch.allclose(value, golden[key], rtol=1e-5, atol=1e-5), (folder, key)


def make(family, name, about, values, seed):
    kind = getattr(transformers, SHORT[family] + HEADS[name])
    config = getattr(transformers, SHORT[family] + "Config")(**values, attn_implementation="eager")
    folder = fresh_folder(family, name)
    model = randomise(kind(config), seed)
    model.save_pretrained(folder)
    limit, type_rows = token_limit(family, config, name), getattr(config, "type_vocab_size", 0)
    tokenizer = save_tokenizer(family, folder, config)
    described, sequences = sequences_for(family, name, tokenizer, limit, type_rows, seed)
    golden = packed_ids(sequences) | outputs(name, model, sequences)
    save_tensors(folder / "golden.safetensors", golden)
    write_json(folder / "golden.json", {"about": about, "sequences": described})
    check_reloaded(model, folder, name, sequences, golden)
    if name == "base":
        check_first_state(model, sequences, golden)
    if (folder / "tokenizer.json").exists():
        check_file_agrees(folder, described)
    return model, sequences, golden


def copy_small_files(source, folder):
    for name in ("config.json", "vocab.txt", "tokenizer_config.json"):
        shutil.copy(source / name, folder)


def older_form(family, name, form, about, made, write, extra):
    """The weights of a folder as older files hold them; `extra` is what those hold besides."""
    model, sequences, golden = made
    folder = fresh_folder(family, form)
    copy_small_files(FAMILIES / family / name, folder)
    rows = model.config.max_position_embeddings
    held = {key: value.clone() for key, value in model.state_dict().items()}
    held[f"{model.base_model_prefix}.embeddings.position_ids"] = torch.arange(rows)[None]
    write(folder, held | extra)
    write_json(folder / "golden.json", {"about": about, "sameAs": name})
    check_reloaded(model, folder, name, sequences, golden)


def write_legacy(path, tensors, kept):
    """The legacy stream, unless the bytes kept from before hold the same: it names storages by memory address."""
    save_torch(path, tensors, zipped=False)
    if kept is None:
        return
    fresh = path.read_bytes()
    path.write_bytes(kept)
    held = torch.load(path, weights_only=True)
    if list(held) != list(tensors) or not all(torch.equal(held[key], tensors[key]) for key in tensors):
        path.write_bytes(fresh)


def older_distilbert(made):
    older_form(
        "distilbert", "sequence", "sequence-bin", "PyTorch's zip, with the buffer of position ids",
        made["distilbert", "sequence"],
        lambda folder, tensors: save_torch(folder / "pytorch_model.bin", tensors), {})


def unused_pooler(model):
    """A pooler such as older classifiers carry, which their class does not read."""
    hidden, generator = model.config.hidden_size, torch.Generator().manual_seed(61)
    prefix = model.base_model_prefix + ".pooler.dense."
    return {
        prefix + "weight": torch.randn((hidden, hidden), generator=generator),
        prefix + "bias": torch.randn((hidden,), generator=generator),
    }


def older_mpnet(made):
    legacy = FAMILIES / "mpnet" / "sequence-legacy" / "pytorch_model.bin"
    kept = legacy.read_bytes() if legacy.exists() else None
    older_form(
        "mpnet", "sequence", "sequence-legacy",
        "PyTorch's legacy stream, with the buffer of position ids and a pooler that the class does not use",
        made["mpnet", "sequence"], lambda folder, tensors: write_legacy(legacy, tensors, kept),
        unused_pooler(made["mpnet", "sequence"][0]))


def older_roberta(made):
    older_form(
        "roberta", "sequence", "sequence-bin",
        "PyTorch's zip, with the buffer of position ids and a pooler that the class does not use",
        made["roberta", "sequence"], lambda folder, tensors: save_torch(folder / "pytorch_model.bin", tensors),
        unused_pooler(made["roberta", "sequence"][0]))
    masked = made["roberta", "masked"]
    assert {"lm_head.decoder.weight", "lm_head.decoder.bias", "lm_head.bias"} <= set(masked[0].state_dict())
    older_form(
        "roberta", "masked", "masked-tied-copies",
        "the decoder's weights stand beside the word embeddings, and its bias under both of its names",
        masked, lambda folder, tensors: save_tensors(folder / "model.safetensors", tensors, {"format": "pt"}), {})


def older_electra(made):
    masked = made["electra", "masked"]
    assert {"generator_lm_head.weight", "generator_lm_head.bias"} <= set(masked[0].state_dict())
    older_form(
        "electra", "masked", "masked-tied-copies",
        "the decoder's weights stand beside the word embeddings, their equal; the tokenizer's class has its old name",
        masked, lambda folder, tensors: save_tensors(folder / "model.safetensors", tensors, {"format": "pt"}), {})
    folder = FAMILIES / "electra" / "masked-tied-copies"
    assert "generator_lm_head.weight" in load_file(folder / "model.safetensors")
    values = json.loads((folder / "tokenizer_config.json").read_text()) | {"tokenizer_class": "ElectraTokenizer"}
    write_json(folder / "tokenizer_config.json", values)
    assert type(AutoTokenizer.from_pretrained(folder)) is tokenizer_class("electra")
    make_pretraining()


def make_pretraining():
    """ELECTRA's discriminator, which answers a question that nothing here asks."""
    folder = fresh_folder("electra", "pretraining")
    config = transformers.ElectraConfig(**electra(8, num_hidden_layers=1), attn_implementation="eager")
    randomise(transformers.ElectraForPreTraining(config), 46).save_pretrained(folder)


def older_deberta(made):
    """Microsoft's own files have the mask head under the other names, and a second one for which there is no class."""
    model, sequences, golden = made["deberta-v2", "masked"]
    folder, source = fresh_folder("deberta-v2", "masked-lm-head"), FAMILIES / "deberta-v2" / "masked"
    copy_small_files(source, folder)
    write_json(folder / "config.json", json.loads((source / "config.json").read_text()) | {"legacy": False})
    tensors = {}
    for key, value in load_file(source / "model.safetensors").items():
        tensors[key.replace("cls.predictions.transform", "lm_predictions.lm_head").replace(
            "cls.predictions", "lm_predictions.lm_head")] = value
    tensors["mask_predictions.dense.weight"] = torch.zeros(12, 12)
    save_tensors(folder / "model.safetensors", tensors, {"format": "pt"})
    write_json(folder / "golden.json", {
        "about": "the mask head under Microsoft's names, beside one of its discriminator", "sameAs": "masked"})
    again = type(model).from_pretrained(folder, attn_implementation="eager").eval()
    assert not again.legacy
    for key, value in outputs("masked", again, sequences).items():
        assert torch.allclose(value, golden[key], rtol=1e-5, atol=1e-5), key


OLDER = {
    "distilbert": older_distilbert, "electra": older_electra, "mpnet": older_mpnet, "roberta": older_roberta,
    "deberta-v2": older_deberta}


def check_special():
    """The files say what the folders are there for."""
    held = {key: load_file(FAMILIES / key[0] / key[1] / "model.safetensors") for key in [
        ("electra", "base"), ("electra", "token"), ("electra", "masked"), ("mpnet", "base"), ("mpnet", "masked"),
        ("roberta", "base"), ("roberta", "masked"), ("roberta", "masked-tied-copies")]}
    assert "embeddings_project.weight" in held["electra", "base"]
    assert "electra.embeddings_project.weight" not in held["electra", "token"]
    assert "generator_lm_head.weight" not in held["electra", "masked"]
    assert "pooler.dense.weight" in held["mpnet", "base"]
    assert "lm_head.decoder.weight" not in held["mpnet", "masked"]
    assert held["roberta", "base"]["embeddings.token_type_embeddings.weight"].shape[0] == 1
    assert {"pooler.dense.weight", "pooler.dense.bias"} <= held["roberta", "base"].keys()
    assert not any(key.startswith("lm_head.decoder.") for key in held["roberta", "masked"])
    assert {"lm_head.decoder.weight", "lm_head.decoder.bias"} <= held["roberta", "masked-tied-copies"].keys()
    rows = json.loads((FAMILIES / "mpnet" / "sequence" / "config.json").read_text())["max_position_embeddings"]
    assert rows - MPNET_PAD - 1 > LAST_BUCKET
    assert VOCABULARY[: len(SPECIAL)] == SPECIAL


def report_sizes():
    total = 0
    for folder in sorted(FAMILIES.glob("*/*")):
        size = sum(file.stat().st_size for file in folder.iterdir())
        total += size
        print(f"{size:8,}  {folder.relative_to(FAMILIES)}")
    print(f"{total:8,}  in all")
    assert total < 2_900_000, "the committed fixtures must stay small"


def main(families):
    made = {(family, name): make(family, name, *rest) for family, name, *rest in MODELS if family in families}
    for family in families:
        OLDER.get(family, lambda made: None)(made)
    check_special()
    report_sizes()


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    main(sys.argv[1:] or list(SHORT))
