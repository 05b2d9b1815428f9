#!/usr/bin/env python3
# Makes the peers' files of a model: ONNX (plain, fused, int8), CTranslate2 and OpenVINO. Measures nothing.
"""python Tools/benchmarks/make_peers.py [--work DIR] [minilm | bert-base | distilbert | mpnet | path/to/folder ...]

Writes beside `hf` in WORK/NAME what peers.py names. A step whose package is missing is skipped and said. README.md has
what to install.
"""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

from peers import UNSUPPORTED
from workloads import configuration, model_folder


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
    """The names of a graph's inputs: type ids only where there is a table of them."""
    names = ["input_ids", "attention_mask"]
    return names + ["token_type_ids"] if configuration(folder).get("type_vocab_size") else names


def graph_outputs(model, found):
    """The graph's outputs by name, of what the encoder found; `pooled` only where the family has a pooler."""
    outputs = {"last_hidden_state": found.last_hidden_state}
    if hasattr(model, "pre_classifier"):
        outputs["logits"] = model.classifier(model.pre_classifier(found.last_hidden_state[:, 0]).relu())
    elif found.get("pooler_output") is None:
        outputs["logits"] = model.classifier(found.last_hidden_state)  # A head of every token.
    else:
        outputs["pooled"] = found.pooler_output
        outputs["logits"] = model.classifier(found.pooler_output)
    return outputs


def make_onnx(folder):
    """fp32.onnx by PyTorch's exporter, with the encoder's outputs beside the logits; checked at another shape."""
    import numpy
    import onnxruntime
    import torch

    model, names = classifier(folder), inputs(folder)

    class WithOutputs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *values):
            found = self.model.base_model(**dict(zip(names, values)))
            return tuple(graph_outputs(self.model, found).values())

    def example(texts, tokens):
        ids = torch.arange(texts * tokens).reshape(texts, tokens) * 37 % model.config.vocab_size
        mask = torch.ones_like(ids)
        mask[-1, tokens // 2 :] = 0
        return (ids, mask, torch.zeros_like(ids))[: len(names)]

    file = folder / "fp32.onnx"
    whole = WithOutputs().eval()
    with torch.no_grad():
        values = example(3, 37)
        expected = graph_outputs(model, model.base_model(**dict(zip(names, values))))
        axes = {name: {0: "texts", 1: "tokens"} for name in names}
        axes |= {name: {0: "texts"} | ({1: "tokens"} if value.dim() == 3 else {}) for name, value in expected.items()}
        torch.onnx.export(
            whole, example(2, 16), str(file), input_names=names, output_names=list(expected), dynamic_axes=axes,
            opset_version=17, dynamo=False)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    found = session.run(["logits"], {name: value.numpy() for name, value in zip(names, values)})[0]
    difference = float(numpy.abs(found - expected["logits"].numpy()).max())
    if difference > 1e-3:
        raise SystemExit(f"{file}: logits differ from PyTorch's by {difference}")
    return [file]


def make_fused(folder):
    """ort-fused.onnx by ONNX Runtime's own optimizer for BERT, and dynamic int8 of it, per tensor and per channel."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    config = classifier(folder).config
    fused = folder / "ort-fused.onnx"
    model = optimizer.optimize_model(
        str(folder / "fp32.onnx"), model_type="bert", num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size, optimization_options=FusionOptions("bert"), opt_level=0)
    model.save_model_to_file(str(fused))
    files = [fused]
    for name, per_channel in (("ort-fused-int8-s8.onnx", False), ("ort-fused-int8-s8-pc.onnx", True)):
        # The fused operators' outputs have no inferred type; without the default the quantizer stops at them.
        quantize_dynamic(
            str(fused), str(folder / name), weight_type=QuantType.QInt8, per_channel=per_channel,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
        files.append(folder / name)
    return files


def make_ctranslate2(folder):
    """The encoder in both precisions, and as head.npz what follows the pooler, which CTranslate2 leaves out."""
    import numpy
    from ctranslate2.converters import TransformersConverter

    reason = UNSUPPORTED.get(("ctranslate2", configuration(folder)["model_type"]))
    if reason:
        raise Unsupported(reason)
    files = [folder / "head.npz"]
    model = classifier(folder)
    parts = {"w": model.classifier.weight, "b": model.classifier.bias}
    if hasattr(model, "pre_classifier"):
        parts |= {"pre_w": model.pre_classifier.weight, "pre_b": model.pre_classifier.bias}
    numpy.savez(files[0], **{name: value.detach().numpy() for name, value in parts.items()})
    with tempfile.TemporaryDirectory() as scratch:
        source = shutil.copytree(folder / "hf", pathlib.Path(scratch) / "hf")
        # The converter reads a member that transformers 5 no longer writes.
        config = json.loads((source / "config.json").read_text())
        (source / "config.json").write_text(json.dumps({"position_embedding_type": "absolute"} | config))
        for kind in ("float32", "int8"):
            files.append(folder / f"ct2-{kind}")
            TransformersConverter(str(source)).convert(str(files[-1]), quantization=kind, force=True)
    return files


def make_openvino(folder):
    """IR in fp32; with int8 weights; and, calibrated, with int8 activations too."""
    import nncf
    import numpy
    import openvino
    from tokenizers import Tokenizer

    from texts import sentences

    files = [folder / name for name in ("ov-fp32.xml", "ov-w8.xml", "ov-int8.xml")]
    plain = folder / "fp32.onnx"
    openvino.save_model(openvino.convert_model(plain), files[0], compress_to_fp16=False)
    weights = nncf.compress_weights(openvino.convert_model(plain), mode=nncf.CompressWeightsMode.INT8_ASYM)
    openvino.save_model(weights, files[1])
    tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.no_padding()
    items = []
    for text in sentences(400)[1::2][:128]:  # The fidelity is measured on the others.
        ids = numpy.array([tokenizer.encode(text).ids], numpy.int64)
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
