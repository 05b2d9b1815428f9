#!/usr/bin/env python3
# Makes the peers' files of a model: ONNX (plain, fused, int8), CTranslate2 and OpenVINO. Measures nothing.
"""python Tools/benchmarks/make_peers.py [--work DIR] [MODEL ...]

Writes beside `hf` in WORK/NAME what peers.py names. MODEL is a name of workloads.py or the path to a folder. A step
whose package is missing, or that has no code for the family, is skipped and said. README.md has what to install;
check_peers.py compares what came out with PyTorch.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

from peers import UNSUPPORTED
from workloads import FIRST_WORD, configuration, model_folder, vocabulary_size


class Unsupported(Exception):
    """A peer that has no code for the model's family; the message is one line."""


def classifier(folder):
    import torch
    import transformers
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    return getattr(transformers, configuration(folder)["architectures"][0]).from_pretrained(
        folder / "hf", attn_implementation="eager", dtype=torch.float32).eval()


def inputs(folder):
    """The names of a graph's inputs: type ids only where there is a choice of them."""
    names = ["input_ids", "attention_mask"]
    return names + ["token_type_ids"] if configuration(folder).get("type_vocab_size", 0) > 1 else names


def graph_outputs(model, values):
    """The graph's outputs by name: the encoder's, `pooled` only where it has a pooler, and the model's logits."""
    kept = []
    hook = model.base_model.register_forward_hook(lambda module, given, found: kept.append(found))
    logits = model(**values).logits
    hook.remove()
    outputs = {"last_hidden_state": kept[0].last_hidden_state}
    if kept[0].get("pooler_output") is not None:
        outputs["pooled"] = kept[0].pooler_output
    return outputs | {"logits": logits}


def example(model, names, texts, tokens):
    """A batch whose last text is half padding."""
    import torch

    ids = torch.arange(texts * tokens).reshape(texts, tokens) * 37 % model.config.vocab_size
    mask = torch.ones_like(ids)
    mask[-1, tokens // 2 :] = 0
    return dict(zip(names, (ids, mask, torch.zeros_like(ids))))


def check(file, values, expected):
    """Ends the script where a graph's logits are not PyTorch's."""
    import numpy
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    kinds = {entry.name: "int32" if "int32" in entry.type else "int64" for entry in session.get_inputs()}
    found = session.run(["logits"], {name: values[name].numpy().astype(kind) for name, kind in kinds.items()})[0]
    difference = float(numpy.abs(found - expected.numpy()).max())
    if not difference <= 1e-3:
        raise SystemExit(f"{file}: logits differ from PyTorch's by {difference}")


def expectation(model, names):
    """A batch of another shape than the exported one's, and its logits; long enough for windows and far distances."""
    import torch

    values = example(model, names, 3, min(300, model.config.max_position_embeddings - 2))
    with torch.no_grad():
        return values, model(**values).logits


def make_onnx(folder):
    """fp32.onnx by PyTorch's exporter, with the encoder's outputs beside the logits; checked at another shape."""
    import torch

    model, names = classifier(folder), inputs(folder)

    class WithOutputs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *values):
            return tuple(graph_outputs(self.model, dict(zip(names, values))).values())

    file = folder / "fp32.onnx"
    values = example(model, names, 2, 16)
    with torch.no_grad():
        outputs = graph_outputs(model, values)
        axes = {name: {0: "texts", 1: "tokens"} for name in names}
        axes |= {name: {0: "texts"} | ({1: "tokens"} if value.dim() == 3 else {}) for name, value in outputs.items()}
        torch.onnx.export(
            WithOutputs().eval(), tuple(values.values()), str(file), input_names=names, output_names=list(outputs),
            dynamic_axes=axes, opset_version=17, dynamo=False)
    check(file, *expectation(model, names))
    return [file]


def make_fused(folder):
    """ort-fused.onnx by ONNX Runtime's own optimizer for BERT, and dynamic int8 of it, per tensor and per channel.

    Of a family whose attention it does not know it fuses what is left: normalization, GELU, sums.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    model = classifier(folder)
    fused = folder / "ort-fused.onnx"
    graph = optimizer.optimize_model(
        str(folder / "fp32.onnx"), model_type="bert", num_heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size, optimization_options=FusionOptions("bert"), opt_level=0)
    graph.save_model_to_file(str(fused))
    check(fused, *expectation(model, inputs(folder)))
    files = [fused]
    for name, per_channel in (("ort-fused-int8-s8.onnx", False), ("ort-fused-int8-s8-pc.onnx", True)):
        # The fused operators' outputs have no inferred type; without the default the quantizer stops at them.
        quantize_dynamic(
            str(fused), str(folder / name), weight_type=QuantType.QInt8, per_channel=per_channel,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
        files.append(folder / name)
    return files


def head_parts(model):
    """What follows CTranslate2's output: the classifier, and before it, where there is no pooler, its own layer."""
    parts = {}
    last = model.classifier
    if hasattr(model, "pre_classifier"):
        parts = {"pre_w": model.pre_classifier.weight, "pre_b": model.pre_classifier.bias}
    elif hasattr(last, "out_proj"):
        parts = {"tanh_w": last.dense.weight, "tanh_b": last.dense.bias}
        last = last.out_proj
    parts |= {"w": last.weight, "b": last.bias}
    return {name: value.detach().numpy() for name, value in parts.items()}


def ready_for_ctranslate2(source):
    """Makes a copy of a model one that its converter reads as transformers does."""
    from safetensors.numpy import load_file, save_file

    config = json.loads((source / "config.json").read_text())
    if config["model_type"] == "roberta":
        # Positions begin after the padding's id; the converter drops the rows before only where that id is not 0. It
        # would add a pooler of random weights too, which as XLM-RoBERTa, the same encoder, the model does not get.
        weights = load_file(source / "model.safetensors")
        name = "roberta.embeddings.position_embeddings.weight"
        weights[name] = weights[name][config["pad_token_id"] + 1 :].copy()
        save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
        config |= {
            "model_type": "xlm-roberta", "architectures": ["XLMRobertaForSequenceClassification"], "pad_token_id": 0,
            "max_position_embeddings": len(weights[name])}
    # The converter reads a member that transformers 5 no longer writes.
    (source / "config.json").write_text(json.dumps({"position_embedding_type": "absolute"} | config))


def make_ctranslate2(folder):
    """The encoder in both precisions, and as head.npz what follows the pooler, which CTranslate2 leaves out."""
    import numpy
    from ctranslate2.converters import TransformersConverter

    reason = UNSUPPORTED.get(("ctranslate2", configuration(folder)["model_type"]))
    if reason:
        raise Unsupported(reason)
    files = [folder / "head.npz"]
    numpy.savez(files[0], **head_parts(classifier(folder)))
    with tempfile.TemporaryDirectory() as scratch:
        source = shutil.copytree(folder / "hf", pathlib.Path(scratch) / "hf")
        ready_for_ctranslate2(source)
        for kind in ("float32", "int8"):
            files.append(folder / f"ct2-{kind}")
            TransformersConverter(str(source)).convert(str(files[-1]), quantization=kind, force=True)
    return files


def calibration_rows(folder):
    """The ids of 128 sentences; of a made-up vocabulary, which has no word of them, random ids as many."""
    import numpy
    from tokenizers import Tokenizer

    from texts import sentences

    tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.no_padding()
    # The fidelity is measured on the others.
    rows = [tokenizer.encode(text).ids for text in sentences(400)[1::2][:128]]
    if tokenizer.token_to_id("piece1000") is None:
        return rows
    random = numpy.random.RandomState(7)
    most = vocabulary_size(folder) - 10
    return [row[:1] + random.randint(FIRST_WORD, most, len(row) - 2).tolist() + row[-1:] for row in rows]


def make_openvino(folder):
    """IR in fp32; with int8 weights; and, calibrated, with int8 activations too."""
    import nncf
    import numpy
    import openvino

    files = [folder / name for name in ("ov-fp32.xml", "ov-w8.xml", "ov-int8.xml")]
    plain = folder / "fp32.onnx"
    openvino.save_model(openvino.convert_model(plain), files[0], compress_to_fp16=False)
    weights = nncf.compress_weights(openvino.convert_model(plain), mode=nncf.CompressWeightsMode.INT8_ASYM)
    openvino.save_model(weights, files[1])
    items = []
    for row in calibration_rows(folder):
        ids = numpy.array([row], numpy.int64)
        items.append(dict(zip(inputs(folder), (ids, numpy.ones_like(ids), numpy.zeros_like(ids)))))
    whole = nncf.quantize(
        openvino.convert_model(plain), nncf.Dataset(items), model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(items))
    openvino.save_model(whole, files[2])
    return files


def main():
    parser = argparse.ArgumentParser(description="Makes the peers' files of a model.")
    parser.add_argument("models", nargs="*", default=["minilm", "bert-base"])
    parser.add_argument("--work", default=".build/benchmarks", help="where models and the peers' files are kept")
    options = parser.parse_args()
    for model in options.models:
        folder = model_folder(model, options.work)
        for step in (make_onnx, make_fused, make_ctranslate2, make_openvino):
            try:
                files = step(folder)
            except (ImportError, Unsupported) as error:
                print(f"skipped: {step.__name__[5:]} of {folder.name}: {error}", file=sys.stderr)
                continue
            print(f"{folder.name}: {', '.join(file.name for file in files)}", flush=True)


if __name__ == "__main__":
    main()
