"""Writes Tests/Fixtures/hdf5-hostile: small HDF5 files that reach out, loop, explode or mislead; each must be refused.

    .venv-tf/bin/python Tools/reference/make_hostile_hdf5.py

Also Tests/Fixtures/hdf5-types/types.h5 with every element type, and types.safetensors, what it holds.
"""

import shutil
import struct
from pathlib import Path

import h5py
import numpy as np
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
OUT = ROOT / "hdf5-hostile"
NEW = {"libver": ("v110", "v110")}


def made(name):
    return h5py.File(OUT / f"{name}.h5", "w", **NEW)


def hostile():
    with made("external-storage") as file:
        file.create_dataset("x", (16,), "u1", external=[("/etc/passwd", 0, 16)])
    with made("external-link") as file:
        file["x"] = h5py.ExternalLink("/etc/passwd", "/")
    with made("soft-link-cycle") as file:
        file["a"] = h5py.SoftLink("/b")
        file["b"] = h5py.SoftLink("/a")
    with made("hard-link-cycle") as file:
        group = file.create_group("a")
        group["again"] = file["/"]
    with made("virtual") as file:
        layout = h5py.VirtualLayout((16,), "u1")
        layout[:] = h5py.VirtualSource("/etc/passwd", "x", (16,))
        file.create_virtual_dataset("x", layout)
    with made("gzip-bomb") as file:
        # One chunk of zeros is stored; the rest is declared, and would be filled in.
        data = file.create_dataset("x", (300, 1 << 20), "f4", chunks=(1, 1 << 20), compression="gzip")
        data[0] = np.zeros(1 << 20, "f4")
    with made("shape-without-chunks") as file:
        file.create_dataset("x", (1 << 40,), "f4")
    with made("many-shapes") as file:
        for index in range(40):
            file.create_dataset(f"x{index}", (1 << 20,), "f4")
    with made("large-chunk") as file:
        file.create_dataset("x", (1 << 25,), "f4", chunks=(1 << 25,))
    with made("plugin-filter") as file:
        # LZF, h5py's own, stands for any filter that libhdf5 would load from a folder.
        file.create_dataset("x", data=np.arange(64.0), compression="lzf")
    with made("deep-groups") as file:
        group = file
        for _ in range(30):
            group = group.create_group("g")
        group["x"] = np.arange(4.0)
    with made("line-break-in-a-name") as file:
        file["x\ny"] = np.arange(4.0)
    with made("long-name") as file:
        file["x" * 1100] = np.arange(4.0)
    with made("weight-that-is-missing") as file:
        file.attrs["layer_names"] = np.array([b"a"])
        file.create_group("a").attrs["weight_names"] = np.array([b"a/kernel:0"])
    with made("weight-of-strings") as file:
        file.attrs["layer_names"] = np.array([b"a"])
        file.create_group("a").attrs["weight_names"] = np.array([b"x"])
        file["a/x"] = np.array([b"text"])
    with made("weight-names-of-numbers") as file:
        file.create_group("a").attrs["weight_names"] = np.arange(4)
    with h5py.File(OUT / "user-block.h5", "w", userblock_size=512) as file:
        file["x"] = np.arange(4.0)
    with made("cut-short") as file:
        file["x"] = np.arange(64.0)
    path = OUT / "cut-short.h5"
    path.write_bytes(path.read_bytes()[:-100])


def harmless():
    """Odd, and no harm: read, with what is no tensor listed."""
    with made("harmless-many-attributes") as file:
        file["x"] = np.arange(4.0)
        group = file["x"]
        for index in range(800):
            group.attrs[f"a{index}"] = index
    with made("harmless-layer-named-often") as file:
        # 16,000 × 16,000 names, were each mention of the layer followed.
        group = file.create_group("a")
        group["b"] = np.arange(4.0)
        for piece in range(4):
            file.attrs[f"layer_names{piece}"] = np.array([b"a"] * 4000)
            group.attrs[f"weight_names{piece}"] = np.array([b"b"] * 4000)
    with made("harmless-two-links") as file:
        file["x"] = np.arange(4.0)
        file["y"] = file["x"]
    with made("harmless-odd-objects") as file:
        file["text"] = "a text"
        file["pair"] = np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])
        file["type"] = np.dtype("f8")
        file["null"] = h5py.Empty("f4")
        file["longdouble"] = np.zeros(2, np.longdouble)
        file["enum"] = np.zeros(2, h5py.enum_dtype({"RED": 0, "BLUE": 1}, basetype="i1"))
        file.create_dataset("ragged", (2,), h5py.vlen_dtype("i4"))
        file.create_dataset("reference", (2,), h5py.ref_dtype)


def types():
    folder = ROOT / "hdf5-types"
    folder.mkdir(exist_ok=True)
    tensors = {}
    with h5py.File(folder / "types.h5", "w", **NEW) as file:
        for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
            values = np.array([[0, 1, 2], [100, 120, 127]], kind)
            if kind[0] != "u":
                values = -values
            if kind[0] == "f":
                values[0, 0], values[0, 1] = np.inf, np.nan
            tensors[f"little/{kind}"] = tensors[f"big/{kind}"] = values
            file[f"little/{kind}"] = values.astype("<" + kind)
            file[f"big/{kind}"] = values.astype(">" + kind)
        tensors["bool"] = np.array([True, False, True])
        tensors["scalar"] = np.float32(1.5).reshape(())
        tensors["empty"] = np.zeros((0, 3), "f4")
        tensors["chunked"] = np.arange(7 * 11 * 3, dtype="i4").reshape(7, 11, 3)
        tensors["filled"] = np.full((3, 2), 7.0, "f4")
        for name in ("bool", "scalar", "empty"):
            file[name] = tensors[name]
        file.create_dataset(
            "chunked", data=tensors["chunked"], chunks=(2, 4, 2), compression="gzip", shuffle=True, fletcher32=True
        )
        # Elements that were never written are what the file says they are.
        file.create_dataset("filled", (3, 2), "f4", fillvalue=7.0)
        # Integers of 24 bits in the room of 32, and of 3 bytes.
        for name, size in (("narrow", 4), ("odd", 3)):
            kind = h5py.h5t.STD_I32LE.copy()
            kind.set_precision(24)
            kind.set_size(size)
            values = np.array([-5, 0, 1 << 20], "i4")
            space = h5py.h5s.create_simple((3,))
            h5py.h5d.create(file.id, name.encode(), kind, space).write(h5py.h5s.ALL, h5py.h5s.ALL, values)
            tensors[name] = values
        # bfloat16, as some writers define it.
        kind = h5py.h5t.IEEE_F32LE.copy()
        kind.set_fields(15, 7, 8, 0, 7)
        kind.set_size(2)
        kind.set_ebias(127)
        values = np.array([1.0, -2.5, 3.0e38], "f4")
        h5py.h5d.create(file.id, b"bfloat16", kind, h5py.h5s.create_simple((3,))).write(
            h5py.h5s.ALL, h5py.h5s.ALL, values
        )
        tensors["bfloat16-as-f4"] = (values.view("u4") + 0x8000 & 0xFFFF0000).astype("u4").view("f4")
    save_file({name: np.asarray(value, order="C") for name, value in tensors.items()}, folder / "types.safetensors")


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    hostile()
    harmless()
    types()
