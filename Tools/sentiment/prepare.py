#!/usr/bin/env python3
# Makes the tables that the classifier inside learns from: the sentences of VADER's ground truth with three labels. Not
# here: training, which is `make`, and scoring, which is `score.py`.
"""python3 Tools/sentiment/prepare.py SDIST -o FOLDER

SDIST is the source archive of vaderSentiment 3.3.2 from PyPI (MIT), which holds the ground truth of Hutto and Gilbert,
"VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text" (ICWSM 2014): tweets, sentences of
film reviews, of product reviews and of editorials, each with the mean rating of 20 people from -4 to 4.

A rating of -0.5 or less is negative, of 0.5 or more positive, else neutral. HTML's entities become characters, runs of
white space one space; a sentence that stands twice counts once, by its first rating. The sentences of film reviews that
left-out.txt names by their ids are left out: they are in SST-2's development or test set, in whole or in part, which the
classifier is scored on. Dev is the tenth of all sentences whose SHA-256 comes first, the rest train.
"""

import argparse
import collections
import csv
import hashlib
import html
import io
import pathlib
import sys
import tarfile

SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
GROUND_TRUTH = "additional_resources/hutto_ICWSM_2014.tar.gz"
FILES = ["amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets", "tweets"]


def left_out():
    """The ids of left-out.txt, whose lines are an id or two that a range has at its ends."""
    ids = set()
    for line in (pathlib.Path(__file__).parent / "left-out.txt").read_text().split():
        first, _, last = line.partition("-")
        ids |= set(range(int(first), int(last or first) + 1))
    return ids


def members(archive, suffix):
    """The content of the members whose names end so."""
    for member in archive:
        if member.isfile() and member.name.endswith(suffix):
            yield archive.extractfile(member).read()


def rows_of(sdist):
    """The sentences of an archive with their labels, in the order of the files."""
    with tarfile.open(fileobj=io.BytesIO(sdist)) as outer:
        inner = next(members(outer, GROUND_TRUTH))
    skipped = left_out()
    for name in FILES:
        with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
            text = next(members(archive, f"{name}_GroundTruth.txt")).decode("utf-8")
        # Only line feeds end a row: sentences have other separators inside.
        for line in text.split("\n"):
            if not line.strip():
                continue
            number, rating, sentence = line.rstrip("\r").split("\t", 2)
            if name == "movieReviewSnippets" and int(number) in skipped:
                continue
            rating = float(rating)
            label = "negative" if rating <= -0.5 else "positive" if rating >= 0.5 else "neutral"
            yield " ".join(html.unescape(sentence).split()), label


def main():
    parser = argparse.ArgumentParser(description="The tables that the classifier inside learns from.")
    parser.add_argument("sdist", type=pathlib.Path)
    parser.add_argument("-o", "--output", required=True, type=pathlib.Path)
    options = parser.parse_args()
    sdist = options.sdist.read_bytes()
    if hashlib.sha256(sdist).hexdigest() != SHA256:
        sys.exit(f"prepare: {options.sdist} is not the source archive of vaderSentiment 3.3.2 (sha256 {SHA256})")
    rows = dict(reversed(list(rows_of(sdist))))
    ordered = sorted(rows.items(), key=lambda row: hashlib.sha256(row[0].encode()).digest())
    count = len(ordered) // 10
    options.output.mkdir(parents=True, exist_ok=True)
    for name, part in (("dev", ordered[:count]), ("train", ordered[count:])):
        with open(options.output / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["text", "label"])
            writer.writerows(part)
        labels = collections.Counter(label for _, label in part)
        print(f"{name}.csv: {len(part)} sentences,", ", ".join(f"{n} {label}" for label, n in sorted(labels.items())))


if __name__ == "__main__":
    main()
