#!/usr/bin/env python3
# Makes OpenAPI.swift of openapi.json. Not here: the description, and how a text is packed, which Page/embed.py does.
"""python3 Tools/adze-serve/OpenAPI/embed.py [--check]

Writes openapi.json, without its spaces, into OpenAPI.swift, with which the server answers. With --check it writes
nothing, and fails where that would change the file.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Page"))

from embed import INDENT, MOST_BYTES, MOST_LINES, packed  # noqa: E402


def unique(pairs):
    """An object; a key that stands in it twice would hide what it said first."""
    value = dict(pairs)
    if len(value) != len(pairs):
        sys.exit(f"embed.py: openapi.json has a key twice, among {[key for key, _ in pairs]}")
    return value


def minified(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def blocks(document):
    """The text in pieces, a path or a component each: a change to one moves no other's ends of lines."""
    start = "{"
    for key, value in document.items():
        if key not in ("paths", "components"):
            yield f"{start}{minified(key)}:{minified(value)}"
        else:
            start += minified(key) + ":{"
            for name, part in value.items():
                inner = part.items() if key == "components" else [(None, part)]
                opening = f"{start}{minified(name)}:" + ("{" if key == "components" else "")
                for label, piece in inner:
                    yield opening + (f"{minified(label)}:" if label is not None else "") + minified(piece)
                    opening = ","
                start = "}," if key == "components" else ","
            yield "}}" if key == "components" else "}"
        start = ","
    yield "}"


def swift(document):
    pieces = list(blocks(document))
    text = "".join(pieces)
    if text != minified(document):
        sys.exit("embed.py: the pieces are not the description; this is a bug")
    if '"""' in text or r"\#" in text:
        sys.exit('embed.py: openapi.json may not hold """ or a backslash before #')
    lines = [line for piece in pieces for line in packed(piece)]
    # The last line has nothing to be continued by.
    lines[-1] = lines[-1].removesuffix(r"\#")
    return "\n".join([
        "// swift-format-ignore-file",
        "// The description of the routes, made of openapi.json by embed.py: change these. Not here: who serves it.",
        "",
        "/// What the server answers, for tools that read OpenAPI 3.1.",
        "enum OpenAPI {",
        "    /// The description as JSON, in UTF-8.",
        '    static let text: String = #"""',
        *lines,
        INDENT + '"""#',
        "}",
        "",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[1])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is stale")
    check = parser.parse_args().check
    document = json.loads((HERE / "openapi.json").read_bytes(), object_pairs_hook=unique)
    new = swift(document)
    if len(minified(document).encode()) > MOST_BYTES:
        sys.exit(f"embed.py: openapi.json has {len(minified(document).encode())} bytes, {MOST_BYTES} are the most")
    if new.count("\n") > MOST_LINES:
        sys.exit(f"embed.py: OpenAPI.swift would have {new.count(chr(10))} lines, {MOST_LINES} are the most")
    path = HERE / "OpenAPI.swift"
    if path.exists() and path.read_bytes() == new.encode():
        return
    if check:
        sys.exit("embed.py: OpenAPI.swift is stale; run python3 Tools/adze-serve/OpenAPI/embed.py")
    path.write_bytes(new.encode())


if __name__ == "__main__":
    main()
