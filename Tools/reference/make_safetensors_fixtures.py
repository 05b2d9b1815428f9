"""Makes Tests/Fixtures/safetensors with the real library: one file of every element type that torch has, one of the
types that Adze reads (its writer must give the same bytes), and the values as JSON.

Needs safetensors and torch (requirements.txt); run from anywhere, the output is the same in every run.
"""

import json
import pathlib

import torch
from safetensors.torch import save

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/safetensors"

READABLE = {
    "bool": torch.tensor([True, False, True]),
    "u8": torch.tensor([0, 255, 7], dtype=torch.uint8),
    "i8": torch.tensor([-128, 127, 0], dtype=torch.int8),
    "u16": torch.tensor([0, 65535], dtype=torch.uint16),
    "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "u32": torch.tensor([0, 2**31 + 256], dtype=torch.uint32),
    "i32": torch.tensor([-(2**31), 65537], dtype=torch.int32),
    "u64": torch.tensor([0, 2**40], dtype=torch.uint64),
    "i64": torch.tensor([[-(2**40)], [3]], dtype=torch.int64),
    "f16": torch.tensor([1.5, -65504.0, 6e-8], dtype=torch.float16),
    "bf16": torch.tensor([1.5, -3e38, 1e-30], dtype=torch.bfloat16),
    "f32": torch.tensor([[1.5, -0.1, 3.0], [1e-40, 2.0, 1e30]], dtype=torch.float32),
    "f64": torch.tensor([0.1, -1e-300], dtype=torch.float64),
    "scalar": torch.tensor(0.25),
    "empty": torch.zeros(0, 3),
    "née \"q\" \\ /": torch.tensor([2.0]),
    "module.Z": torch.tensor([3.0]),
}

UNREADABLE = {
    "e4m3": torch.tensor([1.0, 2.0, 3.0]).to(torch.float8_e4m3fn),
    "e4m3z": torch.tensor([1.0]).to(torch.float8_e4m3fnuz),
    "e5m2": torch.tensor([1.0]).to(torch.float8_e5m2),
    "e5m2z": torch.tensor([1.0]).to(torch.float8_e5m2fnuz),
    "e8m0": torch.tensor([1.0]).to(torch.float8_e8m0fnu),
    "f4": torch.tensor([1, 2, 3], dtype=torch.uint8).view(torch.float4_e2m1fn_x2),
    "c64": torch.tensor([1 + 2j]),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    metadata = {"format": "pt"}
    (FOLDER / "readable.safetensors").write_bytes(save(READABLE, metadata=metadata))
    (FOLDER / "all.safetensors").write_bytes(save(READABLE | UNREADABLE, metadata=metadata))
    values = {name: tensor.to(torch.float32).flatten().tolist() for name, tensor in READABLE.items()}
    (FOLDER / "values.json").write_text(json.dumps(values, indent=1) + "\n")


main()
