# English sentences to measure fidelity on, from the documentation that comes with Python: everybody has the same.
"""Ships no text. Another edition of Python has a few other sentences; `--texts FILE` where a script has it."""

import re
from pydoc_data import topics


def is_prose(sentence):
    """A whole sentence, not a piece of a listing."""
    letters = sum(character.isalpha() or character == " " for character in sentence)
    whole = sentence[0].isupper() and sentence[-1] == "."
    return whole and 40 <= len(sentence) <= 220 and letters > 0.9 * len(sentence)


def sentences(count):
    """`count` different ones, spread evenly over the topics in order of name."""
    found = {}
    for topic in sorted(topics.topics):
        for paragraph in topics.topics[topic].split("\n\n"):
            if "::" in paragraph or ">>>" in paragraph or "|" in paragraph:
                continue
            flat = " ".join(paragraph.replace("*", "").replace('"', "").split())
            found.update((part, None) for part in re.split(r"(?<=\.) (?=[A-Z])", flat) if part and is_prose(part))
    every = list(found)
    step = len(every) / count
    if step < 1:
        raise SystemExit(f"this Python's documentation has {len(every)} sentences, not {count}; give --texts FILE")
    return [every[int(index * step)] for index in range(count)]
