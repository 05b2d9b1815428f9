"""Makes the small PyTorch checkpoints of Tests/Fixtures/torch, and golden.json with what torch itself reads in them.

Needs torch and numpy. Legacy files name their storages by address, so their bytes differ from run to run.
Run it from the package's root: python Tools/reference/make_torch_fixtures.py
With paths as arguments it prints the golden entries of those files instead (torch.load with weights_only=True).
"""

import argparse
import collections
import io
import json
import pathlib
import pickle
import struct
import sys
import tarfile
import unittest.mock
import zipfile
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


class OfADevice:
    """Is saved as a tensor is on a device that keeps no storages, such as a TPU."""

    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce_ex__(self, protocol):
        # torch/_tensor.py, Tensor._reduce_ex_internal; the device is one that the machine which makes the fixture has.
        return (torch._utils._rebuild_device_tensor_from_cpu_tensor, (self.tensor, self.tensor.dtype, "cpu", False))


def device():
    table = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    return {"plain": torch.ones(2), "table": OfADevice(table), "again": OfADevice(table[1:]), "short": OfADevice(table.to(torch.bfloat16))}


def save_unchecked(value, path):
    """Saves without the CRC-32 of the records, as who is in a hurry does."""
    from torch.utils.serialization import config

    config.save.compute_crc32 = False
    torch.save(value, path)
    config.save.compute_crc32 = True


class AttributeDict(dict):
    """Stands for Lightning's class of this name, under its module."""


AttributeDict.__module__ = "pytorch_lightning.utilities.parsing"


class Dictionary:
    """A class that only this script knows, with a tensor among its attributes."""

    def __init__(self):
        self.items = {b"a": 0, b"b": 1}
        self.vectors = torch.arange(6.0).reshape(2, 3)


def plain_holders():
    hyper = AttributeDict(lr=0.001, args=argparse.Namespace(seed=1, path=pathlib.PurePosixPath("/data/x")))
    return {"state_dict": {"model.w": torch.arange(4.0)}, "hyper_parameters": hyper, "epoch": 2}


def objects():
    trained_model, optimizer = trained()
    return {
        "state_dict": {"w": torch.arange(4.0), "b": torch.ones(2, dtype=torch.int16)},
        "label_dictionary": Dictionary(), "callbacks": {Small: {"best": numpy.float64(0.5)}}, "factory": collections.Counter,
        "optimizer": optimizer,
    }


def save_tar(value, path):
    """Writes `value` as torch 0.1.9 did: `sys_info`, `storages`, `tensors` and `pickle` in one archive. After the
    loader of such files in torch/serialization.py, which is the judge of the result."""
    storages, views, tensors = {}, [], {}

    def number(thing):
        return id(thing)

    keep = []

    def persistent_id(thing):
        if not isinstance(thing, torch.Tensor):
            return None
        for key, (known, _) in tensors.items():
            if known is thing:
                return str(key)
        storage = thing.untyped_storage()
        owner = next((key for key, (known, _) in storages.items() if known.data_ptr() == storage.data_ptr()), None)
        if owner is None:
            keep.append(storage)
            owner = number(storage)
            storages[owner] = (storage, thing.dtype)
        # Every second tensor names a view of its storage instead of the storage.
        if len(tensors) % 2 == 1 and thing.storage_offset() >= 1:
            count = storage.nbytes() // thing.element_size()
            view = owner + 1
            while view in storages or any(view == known[0] for known in views):
                view += 1
            views.append((view, owner, 1, count - 1))
            tensors[number(thing)] = (thing, (view, thing.storage_offset() - 1))
        else:
            tensors[number(thing)] = (thing, (owner, thing.storage_offset()))
        keep.append(thing)
        return str(number(thing))

    def storage_class(dtype):
        return {torch.float32: torch.FloatStorage, torch.int64: torch.LongStorage, torch.float64: torch.DoubleStorage}[dtype]

    def tensor_class(dtype):
        return {torch.float32: torch.FloatTensor, torch.int64: torch.LongTensor, torch.float64: torch.DoubleTensor}[dtype]

    objects = io.BytesIO()
    pickler = pickle.Pickler(objects, protocol=2)
    pickler.persistent_id = persistent_id
    pickler.dump(value)
    members = {}
    info = {"protocol_version": 1000, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    members["sys_info"] = pickle.dumps(info, protocol=2)
    out = io.BytesIO()
    pickle.dump(len(storages), out, protocol=2)
    for key, (storage, dtype) in storages.items():
        pickle.dump((key, "cpu", storage_class(dtype)), out, protocol=2)
        size = torch.empty(0, dtype=dtype).element_size()
        out.write(struct.pack("<q", storage.nbytes() // size))
        out.write(bytes(storage))
    pickle.dump(views, out, protocol=2)
    members["storages"] = out.getvalue()
    out = io.BytesIO()
    pickle.dump(len(tensors), out, protocol=2)
    for key, (tensor, (owner, offset)) in tensors.items():
        pickle.dump((key, owner, tensor_class(tensor.dtype)), out, protocol=2)
        # The four bytes after the rank were whatever stood beside it.
        out.write(struct.pack("<ii", tensor.dim(), -1))
        out.write(struct.pack(f"<{tensor.dim()}q", *tensor.size()) + struct.pack(f"<{tensor.dim()}q", *tensor.stride()))
        out.write(struct.pack("<q", offset))
    members["tensors"] = out.getvalue()
    members["pickle"] = objects.getvalue()
    with tarfile.open(path, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            # A time with a fraction makes Python write an extended header, as it did in torch 0.1.
            member.mtime = 1485000000.25
            archive.addfile(member, io.BytesIO(content))


def old():
    base = torch.arange(30, dtype=torch.float32)
    shared = torch.arange(6, dtype=torch.float64)
    return collections.OrderedDict([
        ("weight", base[2:14].reshape(3, 4)), ("transposed", base[6:18].reshape(3, 4).t()),
        ("steps", torch.tensor([1, -2, 3])), ("empty", base[5:5]), ("nested", {"list": [shared, shared[1:4]]}),
        ("count", 3), ("again", shared),
    ])


def save_big_endian(value, path):
    """Saves a dictionary of tensors as a big-endian machine does: its bytes turned around, and a record that says so."""
    turned = {}
    for name, tensor in value.items():
        tensor = tensor.clone()
        tensor.untyped_storage().byteswap(tensor.dtype)
        turned[name] = tensor
    with unittest.mock.patch("sys.byteorder", "big"):
        torch.save(turned, path)


def deflate(path, target):
    """Packs a checkpoint again as people do by hand: folders as entries, contents deflated."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        root = source.namelist()[0].split("/")[0]
        for folder in (f"{root}/", f"{root}/data/"):
            out.writestr(zipfile.ZipInfo(folder), b"")
        for name in source.namelist():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, source.read(name))


def entry(path, is_ours=False):
    """Names, types, shapes and CRC-32 of every tensor, as torch reads them;
    names are joined with dots."""
    return entries(torch.load(path, map_location="cpu", weights_only=not is_ours))


def entries(value):
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

    walk(value, "")
    return tensors


def other_containers():
    """Files that torch.save does not write today; torch.load reads every one of them."""
    golden = {}
    save_tar(old(), FOLDER / "old_tar.pt")
    golden["old_tar.pt"] = entry(FOLDER / "old_tar.pt", is_ours=True)
    assert golden["old_tar.pt"] == entries(old())
    values = {name: tensor for name, tensor in every_dtype(DTYPES[:10]).items()}
    save_big_endian(values, FOLDER / "bigendian.pt")
    golden["bigendian.pt"] = entry(FOLDER / "bigendian.pt")
    assert golden["bigendian.pt"] == entries(values)
    # The storages of a legacy stream are little-endian wherever it was written; only what it says of the machine differs.
    with unittest.mock.patch("sys.byteorder", "big"):
        torch.save(values, FOLDER / "bigendian_legacy.pt", _use_new_zipfile_serialization=False)
    golden["bigendian_legacy.pt"] = entry(FOLDER / "bigendian_legacy.pt")
    assert golden["bigendian_legacy.pt"] == entries(values)
    deflate(FOLDER / "views.pt", FOLDER / "deflated.pt")
    golden["deflated.pt"] = entry(FOLDER / "deflated.pt")
    torch.save(trainer(), FOLDER / "protocol5.pt", pickle_protocol=5)
    golden["protocol5.pt"] = entry(FOLDER / "protocol5.pt", is_ours=True)
    module = sys.modules.setdefault("pytorch_lightning.utilities.parsing", type(sys)("pytorch_lightning.utilities.parsing"))
    for parent in ("pytorch_lightning", "pytorch_lightning.utilities"):
        sys.modules.setdefault(parent, type(sys)(parent))
    module.AttributeDict = AttributeDict
    torch.save(plain_holders(), FOLDER / "holders.pt")
    golden["holders.pt"] = entry(FOLDER / "holders.pt", is_ours=True)
    torch.save(device(), FOLDER / "device.pt")
    golden["device.pt"] = entry(FOLDER / "device.pt")
    save_unchecked(views(), FOLDER / "unchecked.pt")
    golden["unchecked.pt"] = entry(FOLDER / "unchecked.pt")
    assert golden["unchecked.pt"] == entries(views())
    # Objects: what is in the plain part, and for modules what state_dict() has, is what we must find.
    torch.save(objects(), FOLDER / "objects.pt")
    golden["objects.pt"] = entries(objects()["state_dict"])
    for name, options in {"module.pt": {}, "module_legacy.pt": {"_use_new_zipfile_serialization": False}}.items():
        model, _ = trained()
        # Legacy streams carry the source of every class; a line will do.
        with unittest.mock.patch("torch.serialization.get_source_lines_and_file", lambda _: (["class C: ...\n"], 1, "model.py")):
            torch.save(model.module, FOLDER / name, **options)
        golden[name] = entries(torch.load(FOLDER / name, weights_only=False).state_dict())
    return golden


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
    golden.update(other_containers())
    text = json.dumps(golden, separators=(",", ":")).replace("],[\"", "],\n[\"").replace("]],\"", "]],\n\"")
    (FOLDER / "golden.json").write_text(text + "\n")


main()
