# The peers: for each, how its users load a model and run a batch. Takes no times and knows nothing of Adze.
"""One class a peer, loaded in a process of its own (peer_process.py) that imports only what a user of it would.

Each has `prepare(ids, mask)`, untimed, and `run(prepared)`, which gives the logits as an array. `outputs(prepared)`
gives (pooled, last hidden state) for the comparison of fidelity.
"""

from workloads import configuration

# What each peer reads in a model's folder, by precision. A name with a dash is a variant of the peer before it.
FILES = {
    "fp32": {
        "onnxruntime": "ort-fused.onnx", "ctranslate2": "ct2-float32", "openvino": "ov-fp32.xml", "torch": "hf",
    },
    "int8": {
        "onnxruntime": "ort-fused-int8-s8-pc.onnx", "onnxruntime-tensor": "ort-fused-int8-s8.onnx",
        "ctranslate2": "ct2-int8", "openvino": "ov-w8.xml", "openvino-static": "ov-int8.xml", "torch": "hf",
    },
}
MODULES = {"onnxruntime": "onnxruntime", "ctranslate2": "ctranslate2", "openvino": "openvino", "torch": "transformers"}
# Families that a peer has no code for.
UNSUPPORTED = {
    ("ctranslate2", "mpnet"): "CTranslate2 has no MPNet",
    ("ctranslate2", "albert"): "CTranslate2 has no ALBERT",
    ("ctranslate2", "deberta-v2"): "CTranslate2 has no DeBERTa",
    ("ctranslate2", "modernbert"): "CTranslate2 has no ModernBERT",
}


def family(name):
    return name.split("-")[0]


class OnnxRuntime:
    """A session on the fused graph. Several workers share it, one call each at a time."""

    def __init__(self, folder, file, threads, workers):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"])
        self.inputs = {entry.name: "int32" if "int32" in entry.type else "int64" for entry in self.session.get_inputs()}

    def prepare(self, ids, mask):
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
        return {name: values[name].astype(kind) for name, kind in self.inputs.items()}

    def run(self, prepared):
        return self.session.run(["logits"], prepared)[0]

    def outputs(self, prepared):
        names = {entry.name for entry in self.session.get_outputs()}
        pooled = "pooled" if "pooled" in names else None
        found = self.session.run([pooled or "logits", "last_hidden_state"], prepared)
        return (found[0] if pooled else None), found[1]


class CTranslate2:
    """The encoder, which takes token ids and packs a batch itself, and what follows the pooler by numpy."""

    def __init__(self, folder, file, threads, workers):
        import ctranslate2
        import numpy

        kind = "float32" if file == "ct2-float32" else "int8"
        self.encoder = ctranslate2.Encoder(
            str(folder / file), device="cpu", compute_type=kind, inter_threads=workers, intra_threads=threads)
        self.head, self.numpy = dict(numpy.load(folder / "head.npz")), numpy

    def prepare(self, ids, mask):
        return [row[:length].tolist() for row, length in zip(ids, mask.sum(1))]

    def run(self, prepared):
        found = self.encoder.forward_batch(prepared)
        if found.pooler_output is not None:
            pooled = self.numpy.asarray(found.pooler_output)
        else:  # DistilBERT's and RoBERTa's heads have a layer of their own instead.
            first = self.numpy.asarray(found.last_hidden_state)[:, 0]
            if "tanh_w" in self.head:
                pooled = self.numpy.tanh(first @ self.head["tanh_w"].T + self.head["tanh_b"])
            else:
                pooled = self.numpy.maximum(first @ self.head["pre_w"].T + self.head["pre_b"], 0)
        return pooled @ self.head["w"].T + self.head["b"]

    def outputs(self, prepared):
        found = self.encoder.forward_batch(prepared)
        pooled = None if found.pooler_output is None else self.numpy.array(found.pooler_output)
        return pooled, self.numpy.array(found.last_hidden_state)


class OpenVino:
    """A compiled model with a request for each worker; fp32 stays fp32 where the CPU has bfloat16."""

    def __init__(self, folder, file, threads, workers):
        import threading

        import openvino

        core = openvino.Core()
        self.model = core.compile_model(core.read_model(str(folder / file)), "CPU", {
            "INFERENCE_NUM_THREADS": threads * workers, "NUM_STREAMS": workers, "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY" if workers == 1 else "THROUGHPUT"})
        self.requests = threading.local()
        self.inputs = {port.any_name for port in self.model.inputs}

    def request(self):
        if not hasattr(self.requests, "own"):
            self.requests.own = self.model.create_infer_request()
        return self.requests.own

    def prepare(self, ids, mask):
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
        return {name: values[name] for name in self.inputs}

    def run(self, prepared):
        return self.request().infer(prepared)["logits"]

    def outputs(self, prepared):
        found = self.request().infer(prepared)
        names = {name for port in self.model.outputs for name in port.names}
        return (found["pooled"] if "pooled" in names else None), found["last_hidden_state"]


class Torch:
    """transformers on PyTorch: sdpa attention where the family has it, inference mode; int8 is its dynamic quantization
    of linear layers."""

    def __init__(self, folder, file, threads, workers, int8=False):
        import warnings

        import torch
        import transformers
        from transformers.utils import logging

        warnings.filterwarnings("ignore")
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        kind = getattr(transformers, configuration(folder)["architectures"][0])
        self.torch = torch
        self.model = kind.from_pretrained(folder / file, dtype=torch.float32).eval()
        if int8:
            engines = torch.backends.quantized.supported_engines
            torch.backends.quantized.engine = "x86" if "x86" in engines else "qnnpack"
            self.model = torch.ao.quantization.quantize_dynamic(self.model, {torch.nn.Linear}, dtype=torch.qint8)

    def prepare(self, ids, mask):
        return {"input_ids": self.torch.from_numpy(ids), "attention_mask": self.torch.from_numpy(mask)}

    def run(self, prepared):
        with self.torch.inference_mode():
            return self.model(**prepared)[0].numpy()

    def outputs(self, prepared):
        with self.torch.inference_mode():
            found = self.model.base_model(**prepared)
            pooled = found.get("pooler_output")
            return (None if pooled is None else pooled.numpy()), found.last_hidden_state.numpy()


def load(name, precision, folder, threads, workers=1):
    """`threads` is of each of `workers`."""
    file = FILES[precision][name]
    if family(name) == "torch":
        return Torch(folder, file, threads, workers, int8=precision == "int8")
    kinds = {"onnxruntime": OnnxRuntime, "ctranslate2": CTranslate2, "openvino": OpenVino}
    return kinds[family(name)](folder, file, threads, workers)


def missing(name, precision, folder):
    """Why a peer cannot take part, or None."""
    from importlib.util import find_spec

    if name not in FILES[precision]:
        return f"has no {precision}"
    reason = UNSUPPORTED.get((family(name), configuration(folder)["model_type"]))
    if reason:
        return reason
    if find_spec(MODULES[family(name)]) is None or (family(name) == "torch" and find_spec("torch") is None):
        return f"pip install {MODULES[family(name)]}"
    path = folder / FILES[precision][name]
    if not path.exists():
        return f"no {path}; run make_peers.py"
    return None
