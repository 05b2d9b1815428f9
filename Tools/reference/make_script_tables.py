"""Writes Sources/AdzeTokenization/Normalizers/Generated/ScriptData.swift: which scalars texts of a script are made of.

A scalar's script is asked of PyPI's `regex`, which follows Unicode's Script property: the script's own scalars, those that
all scripts share (Common) and marks that take their neighbour's (Inherited). Usage: make_script_tables.py [OUT.swift]
"""
import os
import sys

import regex

from make_unicode_tables import SCALARS, base36, literal

SCRIPTS = {"latin": ["Latin", "Common", "Inherited"]}


def runs(scripts):
    pattern = regex.compile("[%s]" % "".join(r"\p{Script=%s}" % script for script in scripts))
    found = []
    for c in SCALARS:
        if not pattern.match(chr(c)):
            continue
        if found and found[-1][1] == c:
            found[-1][1] += 1
        else:
            found.append([c, c + 1])
    out, last = [], 0
    for start, end in found:
        out += [base36(start - last), base36(end - start)]
        last = end
    return out


def main():
    text = (
        "// The scalars of scripts, as seen in PyPI's `regex` "
        f"{regex.__version__}. Made by Tools/reference/make_script_tables.py; do not\n"
        "// edit. Numbers are in base 36. Not here: what the numbers mean, which is `TextScript.swift`.\n\n"
        "enum ScriptData {\n"
        + "\n".join(literal(name, f"Runs of (distance, length): {', '.join(scripts)}.", runs(scripts))
                    for name, scripts in SCRIPTS.items())
        + "}\n"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    default = os.path.join(here, "../../Sources/AdzeTokenization/Normalizers/Generated/ScriptData.swift")
    with open(sys.argv[1] if len(sys.argv) > 1 else default, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
