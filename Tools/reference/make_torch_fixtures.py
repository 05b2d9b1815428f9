"""Makes the small PyTorch checkpoints of Tests/Fixtures/torch, and golden.json with what torch itself reads in them.

Needs torch and numpy. Legacy files name their storages by address, so their bytes differ from run to run.
Run it from the package's root: python Tools/reference/make_torch_fixtures.py
With paths as arguments it prints the golden entries of those files instead (torch.load with weights_only=True).
"""

import collections
import json
import pathlib
import sys
import zlib

import numpy
import torch

FOLDER = pathlib.Path("Tests/Fixtures/torch")
DTYPES = [
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
    "uint16", "uint32", "uint64",
]


def every_dtype(names):
    ramp = torch.arange(12).reshape(3, 4)
    tensors = {}
    for name in names:
        dtype = getattr(torch, name)
        tensors[name] = (ramp % 2 == 0) if name == "bool" else (ramp.to(torch.float64) * 1.25 - 3).to(torch.int64).abs().to(dtype)
        if dtype.is_floating_point:
            tensors[name] = (ramp.to(torch.float64) * 1.25 - 3.1).to(dtype)
        elif name.startswith("int"):
            tensors[name] = (ramp - 5).to(dtype)
    return tensors


def views():
    base = torch.arange(120, dtype=torch.float32)
    cube = base.reshape(4, 5, 6)
    return collections.OrderedDict(
        base=base,
        middle=base[7:19],
        transposed=cube.transpose(0, 2),
        column=cube[:, 2, 3],
        sliced=cube[1:3, ::2, 1:5:3],
        expanded=base[3:5].reshape(2, 1).expand(2, 3),
        scalar=base[11],
        empty=base[5:5],
        emptyRows=torch.zeros(0, 4, dtype=torch.int64),
        channelsLast=torch.arange(48, dtype=torch.float16).reshape(1, 3, 4, 4).contiguous(memory_format=torch.channels_last),
        one=torch.tensor(2.5, dtype=torch.float64),
        unitDimensions=cube[:1, 2:3, :].transpose(0, 1),
    )


def tied():
    word = torch.nn.Parameter(torch.arange(20, dtype=torch.float32).reshape(5, 4))
    return {
        "embeddings.weight": word,
        "decoder.weight": word,
        "again.weight": word.data,
        "transposed.weight": word.data.t(),
        "copy.weight": word.data.clone(),
    }


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = torch.nn.Linear(3, 2)
        self.norm = torch.nn.BatchNorm1d(2)


def trained():
    torch.manual_seed(7)
    model = torch.nn.DataParallel(Small())
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    model.module.norm(model.module.dense(torch.randn(4, 3))).square().sum().backward()
    optimizer.step()
    return model, optimizer


def lightning():
    model, optimizer = trained()
    return {
        "epoch": 3,
        "global_step": 1200,
        "pytorch-lightning_version": "2.1.0",
        "state_dict": model.state_dict(),
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [{"milestones": collections.Counter({10: 1}), "base_lrs": [0.01], "verbose": False, "T": None}],
        "hyper_parameters": {"name": "bért", "betas": (0.9, 0.999), "size": torch.Size([2, 3]), "dtype": torch.float16},
    }


def nested():
    return {
        "net": {"layers": [torch.ones(2), {"w": torch.zeros(1, dtype=torch.int32)}], 7: torch.full((2,), 3.0)},
        "flags": {True: 1, "none": None, "float": 0.5, "big": 2**60, "negative": -7, "text": "a\nb"},
    }


def trainer():
    counts = collections.defaultdict(int)
    counts["seen"] = 12
    parameter = torch.nn.Parameter(torch.arange(3.0))
    parameter.tag = "kept beside the tensor"
    return {
        "w": parameter,
        "best": numpy.float64(0.8125), "step": numpy.int64(-3), "half": numpy.float32(0.5), "flag": numpy.bool_(True),
        "name": numpy.str_("text"), "array": numpy.arange(4), "counts": counts, "names": {"only"},
        "raw": b"\x00\xff", "none": b"", "more": bytearray(b"abc"), "complex": 1 + 2j, "device": torch.device("cpu"),
        "wide": 2**100, "infinite": float("inf"), ("a", 1): "pair",
    }


def unsupported():
    return {
        "good": torch.ones(3),
        "complex": torch.ones(2, dtype=torch.complex64),
        "quantized": torch.quantize_per_tensor(torch.ones(2, 2), 0.5, 3, torch.qint8),
        "sparse": torch.eye(3).to_sparse(),
        "fp8": torch.ones(4).to(torch.float8_e4m3fn),
        "alsoGood": torch.zeros(2),
    }


def entry(path, is_ours=False):
    """Names, types, shapes and CRC-32 of every tensor, as torch reads them;
    names are joined with dots."""
    tensors = []

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            if value.layout != torch.strided or value.is_quantized or value.is_complex() or "float8" in str(value.dtype):
                return
            plain = value.detach().contiguous().reshape(-1).view(torch.uint8) if value.numel() else torch.zeros(0, dtype=torch.uint8)
            data = bytes(plain.tolist())
            tensors.append([name or "tensor", str(value.dtype)[6:], list(value.shape), f"{zlib.crc32(data):08x}"])
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{name}.{key}" if name else str(key))
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(item, f"{name}.{index}" if name else str(index))

    walk(torch.load(path, map_location="cpu", weights_only=not is_ours), "")
    return tensors


def main():
    if len(sys.argv) > 1:
        golden = {pathlib.Path(path).name: entry(path) for path in sys.argv[1:]}
        print(json.dumps(golden, indent=None, separators=(",", ":")).replace("],[\"", "],\n[\""))
        return
    model, _ = trained()
    files = {
        "dtypes.pt": (every_dtype(DTYPES), {}),
        "dtypes_legacy.pt": (every_dtype(DTYPES[:10]), {"legacy": True}),
        "views.pt": (views(), {}),
        "views_legacy.pt": (views(), {"legacy": True}),
        "tied.pt": (tied(), {}),
        "tied_legacy.pt": (tied(), {"legacy": True}),
        "parallel.pt": (model.state_dict(), {}),
        "lightning.pt": (lightning(), {}),
        "lightning_legacy.pt": (lightning(), {"legacy": True}),
        "nested.pt": (nested(), {}),
        "protocol4.pt": (lightning(), {"protocol": 4}),
        "protocol4_legacy.pt": (lightning(), {"legacy": True, "protocol": 4}),
        "bare.pt": (torch.arange(5), {}),
        "unsupported.pt": (unsupported(), {}),
        "trainer.pt": (trainer(), {"ours": True}),
        "trainer_legacy.pt": (trainer(), {"ours": True, "legacy": True}),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    golden = {}
    for name, (value, options) in files.items():
        path = FOLDER / name
        torch.save(
            value, path, _use_new_zipfile_serialization=not options.get("legacy", False),
            pickle_protocol=options.get("protocol", 2))
        # Torch's safe loader does not read protocol 4; what was saved with it is what protocol 2 gives.
        twin = path.with_name(name.replace("protocol4", "lightning"))
        # Torch's safe loader refuses numpy's scalars; the other loader may be trusted with what was written just now.
        golden[name] = entry(twin, is_ours=options.get("ours", False))
    text = json.dumps(golden, separators=(",", ":")).replace("],[\"", "],\n[\"").replace("]],\"", "]],\n\"")
    (FOLDER / "golden.json").write_text(text + "\n")


main()
