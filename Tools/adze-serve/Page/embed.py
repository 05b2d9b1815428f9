#!/usr/bin/env python3
# Makes Page.swift of page.html, and sets the hashes in the page's policy. Not here: the page.
"""python3 Tools/adze-serve/Page/embed.py [--check]

The policy of page.html lets one style sheet and one script through by their SHA-256; after a change to either this sets
the hashes there, and writes the page into Page.swift. With --check it writes nothing, and fails where that would change
a file.
"""

import argparse
import base64
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
WIDTH = 120
MOST_BYTES, MOST_LINES = 60_000, 600
INDENT = " " * 8


def with_hashes(page):
    """The page with the hash of its style sheet and of its script in its policy."""
    for tag in ("style", "script"):
        content = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        if len(content) != 1:
            sys.exit(f"embed.py: page.html has {len(content)} elements <{tag}>, expected 1")
        digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()
        page, count = re.subn(f"{tag}-src 'sha256-[^']*'", f"{tag}-src 'sha256-{digest}'", page)
        if count != 1:
            sys.exit(f"embed.py: the policy of page.html has {count} hashes of its {tag}, expected 1")
    return page


def blocks(page):
    """Runs of lines that begin with one that is not indented: a change to a run moves no other's ends of lines."""
    block = ""
    for line in page.splitlines(keepends=True):
        if len(block) > 400 and not line.startswith((" ", "\n", "}")):
            yield block
            block = ""
        block += line
    yield block


def packed(block):
    """The lines of a raw literal that hold a block, line ends as escapes, each continued by the next."""
    line = ""
    for piece in (r"\#n" if c == "\n" else c for c in block):
        if len(INDENT + line + piece) > WIDTH - 2:
            yield INDENT + line + r"\#"
            line = ""
        line += piece
    yield INDENT + line + r"\#"


def swift(page):
    """Page.swift: fewer and fuller lines than the page has, the same bytes."""
    if '"""' in page or r"\#" in page:
        sys.exit('embed.py: page.html may not hold """ or a backslash before #')
    lines = [line for block in blocks(page) for line in packed(block)]
    # The last line has nothing to be continued by.
    lines[-1] = lines[-1].removesuffix(r"\#")
    return "\n".join([
        "// swift-format-ignore-file",
        "// The page that the server answers at /, made of page.html by embed.py: change these. Not here: who serves it.",
        "",
        "/// A page to try the server's models on, self-contained: its policy lets in its own script, style and server alone.",
        "enum Page {",
        "    /// The page as HTML, in UTF-8.",
        '    static let html: String = #"""',
        *lines,
        INDENT + '"""#',
        "}",
        "",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[1])
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is stale")
    check = parser.parse_args().check
    page = (HERE / "page.html").read_bytes().decode()
    if "\r" in page or not page.endswith("\n"):
        sys.exit("embed.py: page.html must have the line ends of Unix, the last line too")
    new_page = with_hashes(page)
    new_swift = swift(new_page)
    if len(new_page.encode()) > MOST_BYTES:
        sys.exit(f"embed.py: page.html has {len(new_page.encode())} bytes, {MOST_BYTES} are the most")
    if new_swift.count("\n") > MOST_LINES:
        sys.exit(f"embed.py: Page.swift would have {new_swift.count(chr(10))} lines, {MOST_LINES} are the most")
    for name, new in (("page.html", new_page), ("Page.swift", new_swift)):
        path = HERE / name
        if path.exists() and path.read_bytes() == new.encode():
            continue
        if check:
            sys.exit(f"embed.py: {name} is stale; run python3 Tools/adze-serve/Page/embed.py")
        path.write_bytes(new.encode())


if __name__ == "__main__":
    main()
