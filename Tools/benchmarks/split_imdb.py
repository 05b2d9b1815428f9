#!/usr/bin/env python3
"""The fixed split of IMDB's training set that Documentation/Study.md is about: train, dev and test as JSON lines.

Takes the 25,000 labelled reviews as JSON lines (`text`, `label`; also gzipped) and orders them by the SHA-256 of their
text, so that the split does not depend on the order of the file; reviews that occur twice are taken once.
"""

import argparse
import gzip
import hashlib
import json
import pathlib


def reviews(path):
    """The reviews, each text once, in the order of their hashes."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    by_hash = {hashlib.sha256(row["text"].encode()).hexdigest(): row for row in rows}
    return [by_hash[key] for key in sorted(by_hash)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reviews", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--train", type=int, default=1000)
    parser.add_argument("--dev", type=int, default=1000)
    parser.add_argument("--test", type=int, default=2000)
    arguments = parser.parse_args()
    rows = reviews(arguments.reviews)
    if len(rows) < arguments.train + arguments.dev + arguments.test:
        parser.error(f"{arguments.reviews}: {len(rows)} reviews; expected as many as the three parts have")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    # Test and dev come first: another size of the training part leaves them as they are.
    start = 0
    for name in ("test", "dev", "train"):
        part = rows[start:start + getattr(arguments, name)]
        start += len(part)
        with open(arguments.folder / f"{name}.jsonl", "w", encoding="utf-8") as out:
            for row in part:
                print(json.dumps({"text": row["text"], "label": row["label"]}, ensure_ascii=False), file=out)
        print(f"{name}: {len(part)} reviews, {sum(str(row['label']) in ('1', 'pos', 'positive') for row in part)} positive")


if __name__ == "__main__":
    main()
