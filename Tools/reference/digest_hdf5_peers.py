"""Writes Tests/Fixtures/hdf5-peers.json: what h5py reads in a folder of other projects' HDF5 files, as checksums.

    .venv-tf/bin/python Tools/reference/digest_hdf5_peers.py FOLDER

The files are not ours to commit; the test that compares runs where they are at hand.
"""

import json
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np

# Files that break a rule of ours, and what the refusal says. Whatever h5py does with them.
RULES = {
    "external link": ["external_link"],
    "soft link": ["issue255_example", "test_attribute_earliest", "test_attribute_latest", "test_file", "test_file2"],
    "filter 32000": ["test_compressed_chunked_datasets_earliest", "test_compressed_chunked_datasets_latest"],
    "filter 32004": ["lz4_datasets"],
    "filter 32008": ["bitshuffle_datasets"],
    "user block": ["test_userblock_earliest", "test_userblock_latest"],
    "makes more bytes": ["tiny_huge_1d_over_maxint"],
    "cannot open the file": ["test_byteshuffle_compressed_datasets_latest"],
    # Written by HDF5 2.0, whose layout messages an older library does not know.
    "cannot open it": ["tf_model.gzip-shuffle.latest"],
}


def is_number(dataset):
    kind = dataset.id.get_type()
    if dataset.shape is None or kind.committed():
        return False
    if kind.get_class() == h5py.h5t.ENUM:
        return dataset.dtype == np.dtype(bool)
    return kind.get_class() in (h5py.h5t.INTEGER, h5py.h5t.FLOAT) and dataset.dtype.itemsize <= 8


def digest(path):
    found = {}

    def visit(name, item):
        # visititems comes to each object once, by its first name.
        if isinstance(item, h5py.Dataset) and is_number(item):
            found[name.replace("/", ".")] = item

    with h5py.File(path, "r") as file:
        file.visititems(visit)
        crc = 0
        for name in sorted(found, key=str.encode):
            values = np.asarray(found[name][()])
            values = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<")))
            shape = ",".join(map(str, found[name].shape))
            crc = zlib.crc32(f"{name}|{values.dtype.name}|{shape}\n".encode(), crc)
            crc = zlib.crc32(values.tobytes(), crc)
    return {"count": len(found), "crc32": crc}


def main(folder):
    rules = {name: reason for reason, names in RULES.items() for name in names}
    result = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".h5", ".hdf5") or "cve" in path.relative_to(folder).parts:
            continue
        name = str(path.relative_to(folder))
        result[name] = {"refused": rules[path.stem]} if path.stem in rules else digest(path)
    out = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "hdf5-peers.json"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in result.items())
    out.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
