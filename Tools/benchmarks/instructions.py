# Holds every side of a comparison to an instruction set, by each library's own switch. Runs nothing.
"""`hold("avx2")` sets what this process and its children read; it comes before a library is imported.

A peer without a switch takes part only where the processor has nothing better than what the others are held to.
"""

import os
import pathlib

# ADZE_FORCE_ISA is ours, CT2_ CTranslate2's, ONEDNN_ and OV_ OpenVINO's (of OV_ its releases from the end of 2026 on),
# ATEN_ and FBGEMM_ PyTorch's, of fp32 and int8; MKL_ is under both PyTorch and CTranslate2, on processors of Intel.
SWITCHES = {
    "avx2": {
        "ADZE_FORCE_ISA": "avx2", "CT2_FORCE_CPU_ISA": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2", "OV_CPU_MAX_ISA": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2", "FBGEMM_ENABLE_INSTRUCTIONS": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    },
}
# What a processor may have beyond, as /proc/cpuinfo calls it.
BEYOND = {"avx2": ("avx512f", "avx_vnni")}
WITHOUT_SWITCH = {"onnxruntime": "ONNX Runtime"}


def add_argument(parser):
    parser.add_argument("--isa", choices=sorted(SWITCHES), help="hold every side to it; default: the processor's best")


def hold(isa):
    """Sets the switches of all sides for `isa`; None leaves everything as it is."""
    os.environ.update(SWITCHES.get(isa, {}))


def cannot_be_held(family, isa, flags=None):
    """Why a peer would run what the other sides may not, or None. `flags` are the processor's, this one's if None."""
    if isa is None or family not in WITHOUT_SWITCH:
        return None
    if flags is None:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    beyond = [flag for flag in BEYOND[isa] if flag in flags]
    if not beyond:
        return None
    return f"{WITHOUT_SWITCH[family]} has no switch that holds it to {isa}, and this processor has {', '.join(beyond)}"
