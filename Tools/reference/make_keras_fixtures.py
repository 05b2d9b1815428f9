"""Writes Tests/Fixtures/keras: one tiny classifier in every layout that Keras and TensorFlow save, and small models of the
families beyond BERT as transformers' TensorFlow classes save them.

The classifier's weights are those of Tests/Fixtures/models/containers/safetensors, so that every file must read as the
same tensors; a family's are those of Tests/Fixtures/families, and its folder has what TensorFlow answers. Needs two
environments, neither of which may hold the other's Keras:

    python3.11 -m venv .venv-tf && .venv-tf/bin/pip install tensorflow-cpu==2.15.1 transformers==4.37.2 h5py 'numpy<2' safetensors
    .venv-tf/bin/python Tools/reference/make_keras_fixtures.py tensorflow
    .venv-tf/bin/python Tools/reference/make_keras_fixtures.py families [FAMILY...]
    python3.11 -m venv .venv-keras && .venv-keras/bin/pip install keras jax h5py safetensors tokenizers sentencepiece
    .venv-keras/bin/pip install --no-deps keras-hub kagglehub && .venv-keras/bin/python Tools/reference/make_keras_fixtures.py keras3

keras-bert's layout is written with h5py by its naming; the test on a real file of its own covers the naming itself.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="jax")

import h5py
import numpy as np
from safetensors.numpy import load_file, save_file

ROOT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
SOURCE = ROOT / "models" / "containers" / "safetensors"
OUT = ROOT / "keras"
FAMILIES = {
    "distilbert": "TFDistilBert", "electra": "TFElectra", "mpnet": "TFMPNet", "roberta": "TFRoberta",
    "xlm-roberta": "TFXLMRoberta", "camembert": "TFCamembert",
}
# A folder's class, and what transformers and we call its answer.
CLASSES = {
    "base": ("Model", "last_hidden_state", "last_hidden_state"),
    "sequence": ("ForSequenceClassification", "logits", "logits"),
    "masked": ("ForMaskedLM", "logits", "vocabulary_logits"),
}


def copy_small(source, target, **options):
    """Rewrites an HDF5 file with compression and without the room that libhdf5 leaves; attributes stay."""
    with h5py.File(source) as old, h5py.File(target, "w", libver=("v110", "v110")) as new:
        for key, value in old.attrs.items():
            new.attrs[key] = value

        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                made = new.create_dataset(name, data=item[()], **(options if item.shape else {}))
            else:
                made = new.require_group(name)
            for key, value in item.attrs.items():
                made.attrs[key] = value

        old.visititems(copy)


def tensorflow():
    from transformers import TFBertForSequenceClassification
    import tensorflow as tf

    model = TFBertForSequenceClassification.from_pretrained(SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        model.save_pretrained(work / "single", safe_serialization=False)
        model.save_pretrained(work / "sharded", safe_serialization=False, max_shard_size="6KB")
        model.save_pretrained(work / "tf", safe_serialization=True)
        model.save_weights(work / "variables.weights.h5")
        model.save_weights(work / "names.h5", save_format="h5")

        (OUT / "transformers").mkdir(parents=True, exist_ok=True)
        # As it was saved: the one file that shows the library's own bytes.
        shutil.copy(work / "single" / "tf_model.h5", OUT / "transformers" / "tf_model.h5")
        shutil.copy(SOURCE / "config.json", OUT / "transformers" / "config.json")
        shutil.copy(SOURCE / "vocab.txt", OUT / "transformers" / "vocab.txt")
        (OUT / "sharded").mkdir(parents=True, exist_ok=True)
        for file in sorted((work / "sharded").glob("tf_model*")):
            shutil.copy(file, OUT / "sharded" / file.name)
        shutil.copy(SOURCE / "config.json", OUT / "sharded" / "config.json")
        (OUT / "safetensors-tf").mkdir(parents=True, exist_ok=True)
        saved = next((work / "tf").glob("*.safetensors"))
        shutil.copy(saved, OUT / "safetensors-tf" / "model.safetensors")
        shutil.copy(SOURCE / "config.json", OUT / "safetensors-tf" / "config.json")
        copy_small(work / "variables.weights.h5", OUT / "transformers-variables.weights.h5")
        copy_small(work / "names.h5", OUT / "weights-gzip.h5", compression="gzip", shuffle=True, fletcher32=True)

        # A Keras model around the encoder, trained for a step, saved whole: weights, and twice as much optimizer.
        ids = tf.keras.Input((4,), dtype="int32", name="ids")
        pooled = model.bert(ids).pooler_output
        whole = tf.keras.Model(ids, tf.keras.layers.Dense(2, name="classifier")(pooled))
        whole.layers[-1].set_weights(model.classifier.get_weights())
        whole.compile(tf.keras.optimizers.legacy.Adam(0.0), "mse")
        whole.fit(np.zeros((1, 4), "int32"), np.zeros((1, 2)), verbose=0)
        whole.save(work / "whole.h5", save_format="h5")
        copy_small(work / "whole.h5", OUT / "full-model.h5", compression="gzip")
    keras_bert(load_file(SOURCE / "model.safetensors"))


def keras_bert(tensors):
    """keras-bert's naming: blocks from 1, W and b, a dense layer of the user's own."""
    config = json.loads((SOURCE / "config.json").read_text())

    def dense(name):
        return tensors[name + ".weight"].T, tensors[name + ".bias"]

    layers = {
        "Input-Token": {},
        "Embedding-Token": {"embeddings": tensors["bert.embeddings.word_embeddings.weight"]},
        "Embedding-Segment": {"embeddings": tensors["bert.embeddings.token_type_embeddings.weight"]},
        "Embedding-Position": {"embeddings": tensors["bert.embeddings.position_embeddings.weight"]},
    }

    def norm(layer, name):
        layers[layer] = {"gamma": tensors[name + ".weight"], "beta": tensors[name + ".bias"]}

    norm("Embedding-Norm", "bert.embeddings.LayerNorm")
    for index in range(config["num_hidden_layers"]):
        block, layer = f"bert.encoder.layer.{index}.", f"Encoder-{index + 1}-"
        attention, feed = layer + "MultiHeadSelfAttention", layer + "FeedForward"
        layers[attention], layers[feed] = {}, {}
        for letter, name in zip("qkvo", ("self.query", "self.key", "self.value", "output.dense")):
            kernel, bias = dense(block + "attention." + name)
            layers[attention] |= {f"{attention}_W{letter}": kernel, f"{attention}_b{letter}": bias}
        norm(attention + "-Norm", block + "attention.output.LayerNorm")
        for digit, name in (("1", "intermediate.dense"), ("2", "output.dense")):
            kernel, bias = dense(block + name)
            layers[feed] |= {f"{feed}_W{digit}": kernel, f"{feed}_b{digit}": bias}
        norm(feed + "-Norm", block + "output.LayerNorm")
    for layer, name in (("NSP-Dense", "bert.pooler.dense"), ("dense_1", "classifier")):
        kernel, bias = dense(name)
        layers[layer] = {"kernel": kernel, "bias": bias}
    with h5py.File(OUT / "keras-bert.h5", "w", libver=("v110", "v110")) as file:
        group = file.create_group("model_weights")
        # More than one piece, as Keras writes where 64 kB do not hold the list.
        names = list(layers)
        for piece, start in enumerate(range(0, len(names), 5)):
            group.attrs[f"layer_names{piece}"] = np.array(names[start : start + 5], dtype="S")
        for layer, weights in layers.items():
            inside = group.create_group(layer)
            paths = [f"{layer}/{name}:0" for name in weights]
            inside.attrs["weight_names"] = np.array(paths, dtype="S") if paths else np.array([])
            for path, value in zip(paths, weights.values()):
                inside.create_dataset(path, data=value)


def families():
    import transformers
    from tensorflow import keras

    # MPNet's classes all have a pooler; those that do not use theirs have a random one.
    keras.utils.set_random_seed(7)
    for family in sys.argv[2:] or FAMILIES:
        prefix = FAMILIES[family]
        for name, (kind, theirs, ours) in CLASSES.items():
            source = ROOT / "families" / family / name
            model = getattr(transformers, prefix + kind).from_pretrained(source)
            with tempfile.TemporaryDirectory() as work:
                save_family(model, source, OUT / f"{family}-{name}", Path(work))
            answers = run_alone(model, load_file(source / "golden.safetensors"), theirs)
            save_file({ours: answers}, OUT / f"{family}-{name}" / "golden.safetensors")
            golden = load_file(source / "golden.safetensors")
            expected = golden["hidden"][-1] if name == "base" else golden[ours]
            print(f"{family} {name}: {np.abs(answers - expected).max():.1e} from what PyTorch answers")
            assert np.allclose(answers, expected, atol=2e-5)


def save_family(model, source, folder, work):
    """What save_pretrained gives, and of masked language models the variables; of one, safetensors too."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(work, safe_serialization=False)
    copy_small(work / "tf_model.h5", folder / "tf_model.h5")
    config = json.loads((work / "config.json").read_text())
    del config["_name_or_path"]
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    vocabulary = "vocab.txt" if (source / "vocab.txt").exists() else "tokenizer.json"
    for file in (vocabulary, "tokenizer_config.json"):
        shutil.copy(source / file, folder / file)
    if folder.name.endswith("-masked"):
        model.save_weights(work / "variables.weights.h5")
        copy_small(work / "variables.weights.h5", folder.with_name(folder.name + ".weights.h5"))
    if folder.name == "mpnet-masked":
        model.save_pretrained(work / "tf", safe_serialization=True)
        tensors = folder.with_name(folder.name + "-safetensors")
        tensors.mkdir(exist_ok=True)
        shutil.copy(next((work / "tf").glob("*.safetensors")), tensors / "model.safetensors")
        shutil.copy(folder / "config.json", tensors / "config.json")


def run_alone(model, golden, name):
    """The answers to each sequence alone: a row a token, or a row a sequence."""
    rows = []
    for first, after in zip(golden["offsets"], golden["offsets"][1:]):
        batch = {"input_ids": golden["ids"][None, first:after]}
        if getattr(model.config, "type_vocab_size", 0):
            batch["token_type_ids"] = golden["type_ids"][None, first:after]
        answer = model(batch, training=False)[name].numpy()
        rows.append(answer[0] if answer.ndim == 3 else answer)
    return np.concatenate(rows)


def keras3():
    import keras_hub

    tensors = load_file(SOURCE / "model.safetensors")
    config = json.loads((SOURCE / "config.json").read_text())
    heads = config["num_attention_heads"]
    hidden = config["hidden_size"]
    backbone = keras_hub.models.BertBackbone(
        vocabulary_size=config["vocab_size"],
        num_layers=config["num_hidden_layers"],
        num_heads=heads,
        hidden_dim=hidden,
        intermediate_dim=config["intermediate_size"],
        max_sequence_length=config["max_position_embeddings"],
    )
    classifier = keras_hub.models.BertTextClassifier(backbone=backbone, num_classes=2, preprocessor=None)

    def kernel(name):
        return tensors[name + ".weight"].T

    def bias(name):
        return tensors[name + ".bias"]

    def norm(layer, name):
        layer.set_weights([tensors[name + ".weight"], tensors[name + ".bias"]])

    backbone.token_embedding.set_weights([tensors["bert.embeddings.word_embeddings.weight"]])
    backbone.get_layer("segment_embedding").set_weights([tensors["bert.embeddings.token_type_embeddings.weight"]])
    backbone.get_layer("position_embedding").set_weights([tensors["bert.embeddings.position_embeddings.weight"]])
    norm(backbone.get_layer("embeddings_layer_norm"), "bert.embeddings.LayerNorm")
    for index in range(config["num_hidden_layers"]):
        block = f"bert.encoder.layer.{index}."
        layer = backbone.get_layer(f"transformer_layer_{index}")
        attention = layer._self_attention_layer
        for part, name in (("query", "query"), ("key", "key"), ("value", "value")):
            path = block + "attention.self." + name
            getattr(attention, f"{part}_dense").set_weights(
                [kernel(path).reshape(hidden, heads, -1), bias(path).reshape(heads, -1)]
            )
        path = block + "attention.output.dense"
        attention.output_dense.set_weights([kernel(path).reshape(heads, -1, hidden), bias(path)])
        norm(layer._self_attention_layer_norm, block + "attention.output.LayerNorm")
        for part, name in (("intermediate", "intermediate.dense"), ("output", "output.dense")):
            getattr(layer, f"_feedforward_{part}_dense").set_weights([kernel(block + name), bias(block + name)])
        norm(layer._feedforward_layer_norm, block + "output.LayerNorm")
    backbone.get_layer("pooled_dense").set_weights([kernel("bert.pooler.dense"), bias("bert.pooler.dense")])
    classifier.get_layer("logits").set_weights([kernel("classifier"), bias("classifier")])
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        backbone.save_weights(work / "backbone.weights.h5")
        classifier.save(work / "classifier.keras")
        copy_small(work / "backbone.weights.h5", OUT / "keras-hub-backbone.weights.h5")
        repack(work / "classifier.keras", OUT / "keras-hub.keras")


def repack(source, target):
    """The same archive with a smaller file of weights in it, and no time of its making."""
    import zipfile

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new, tempfile.TemporaryDirectory() as folder:
        for name in old.namelist():
            data = old.read(name)
            if name == "model.weights.h5":
                large, small = Path(folder) / "large.h5", Path(folder) / "small.h5"
                large.write_bytes(data)
                copy_small(large, small)
                data = small.read_bytes()
            elif name == "metadata.json":
                data = json.dumps({"keras_version": json.loads(data)["keras_version"]}).encode()
            new.writestr(zipfile.ZipInfo(name), data)


if __name__ == "__main__":
    {"tensorflow": tensorflow, "families": families, "keras3": keras3}[sys.argv[1]]()
