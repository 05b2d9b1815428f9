#!/usr/bin/env python3
# Writes Tests/Fixtures/cleaning/golden.json: what Python's re and str, and NLTK's lemmatizer, make of texts.
"""Golden cleaning. `make_cleaning_golden.py FOLDER` takes the folder of WordNet's files, as Debian's package wordnet-base
has them; NLTK (3.9 or later) needs none of its own data. Of WordNet the file holds only which of the words that are asked
for it has."""

import json
import pathlib
import re
import shutil
import sys
import tempfile
import unicodedata

import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "cleaning" / "golden.json"
STOP = ["a", "and", "don't", "i", "is", "it", "not", "of", "that", "the", "this", "to", "was"]

TEXTS = [
    "",
    " ",
    "The oak beam was cut; it's good -- really GOOD!",
    "One of the other reviewers has mentioned that after watching just 1 Oz episode you'll be hooked.<br /><br />They are "
    "right, as this is exactly what happened with me.<br>Not <b>bold</b>",
    "I don't   think\tthat  the actors\n\nwere acting. <BR/>Were they?",
    "\"Films\" like these: (a) bore; (b) annoy; (c) waste... time & money! #fail @home 100% $5.99 -- 'twas a disaster, it "
    "was; a mess, a farce, a joke; etc., etc., etc.!!! So: no, no, no. Never -- ever -- again...",
    "Геро́ически и ПРЕКРАСНО снято. Ёлки-палки!",
    "ΟΔΥΣΣΕΥΣ ήταν ΣΟΦΟΣ. Σ ΑΣ ΑΣ' Α.Σ ΣΑ ΑΣΑ ΑΣ\u0301 Σ1",
    "İstanbul'da IŞIK ıslak; straße GROẞ ǅ ŉ ﬁn Ω K Å",
    "中文影评，很好看！这部电影（二〇二〇年）值得一看。①② ½ x² Ⅻ ٣٤٥",
    "हिन्दी फ़िल्म बहुत अच्छी है। ไทยดีมาก café cafe\u0301 naïve",
    "emoji 😀👍🏽 zero\u200bwidth\u2009thin\u00a0nbsp\u3000wide\u2028line\u0085next\x1cfs a_b _c_ \u00aa\u00ba",
    "men women children mice geese knives wolves feet teeth churches glasses boxes stories indices us was has does "
    "running ran sat better leaves saw axes bases being thought flies dying lying fixes classes ss s as less its",
    "studies studied studying stopped stopping makes making made goes went gone writes wrote written used using uses",
    "Dogs DOGS dogs o'clock state-of-the-art ice_cream movies' movie's rock'n'roll '80s 1980s co-ops mothers-in-law",
    "the the The THE and And it's dont don't",
]


def ranges(holds):
    found, start = [], None
    for code in range(0x110001):
        is_in = code < 0x110000 and not 0xD800 <= code < 0xE000 and holds(chr(code))
        if is_in and start is None:
            start = code
        if not is_in and start is not None:
            found.append(f"{start:x}" if code - start == 1 else f"{start:x}-{code - 1:x}")
            start = None
    return " ".join(found)


class Watched(dict):
    """The map of lemmas, which remembers what is asked of it."""

    asked = set()

    def __contains__(self, form):
        self.asked.add(form)
        return super().__contains__(form)


class Reader(WordNetCorpusReader):
    """NLTK's reader without its maps to other versions, which remembers the forms that it looked for."""

    def map_wn(self, version="wordnet"):
        return {}

    def watch(self):
        self._lemma_pos_offset_map = Watched(self._lemma_pos_offset_map)
        self.forms = {"n": set(), "v": set()}
        self.words = {"n": set(), "v": set()}

    def _morphy(self, form, pos, check_exceptions=True):
        self._lemma_pos_offset_map.asked = self.forms[pos]
        self.words[pos].add(form)
        return super()._morphy(form, pos, check_exceptions)


def reader(folder):
    """NLTK's reader over Debian's files, which lack the list of lexicographers' names."""
    temporary = pathlib.Path(tempfile.mkdtemp()).resolve()
    nltk.data.path.append(str(temporary))
    for file in pathlib.Path(folder).iterdir():
        shutil.copy(file, temporary / file.name)
    (temporary / "lexnames").write_text("".join(f"{n:02d}\tname{n}\t1\n" for n in range(45)))
    return Reader(str(temporary), None)


def lemma(wordnet, word, pos):
    lemmas = wordnet._morphy(word, pos)
    return min(lemmas, key=len) if lemmas else word


def study(wordnet, text):
    """The study's loader and clean_text, with its count of 32 where flags were meant."""
    text = re.sub(r"<br />", "", text)
    text = text.lstrip().rstrip()
    text = re.sub(" +", " ", text)
    text = re.sub(r"[^\w\s]", "", text, count=int(re.UNICODE))
    text = text.lower()
    words = [lemma(wordnet, word, "n") for word in text.split(" ")]
    words = [lemma(wordnet, word, "v") for word in words]
    text = " ".join(word for word in words if word not in STOP)
    return re.sub(" +", " ", text.lstrip().rstrip())


def main(folder):
    wordnet = reader(folder)
    words = sorted({word for text in TEXTS for part in (text, text.lower()) for word in re.split(r"\s+", part) if word})
    words += sorted({re.sub(r"[^\w\s]", "", word) for word in words} - set(words) - {""})
    wordnet.watch()
    lemmas = {}
    for word in words:
        noun = lemma(wordnet, word, "n")
        lemmas[word] = [noun, lemma(wordnet, word, "v"), lemma(wordnet, noun, "v")]
    texts = [
        {
            "text": text,
            "punctuation": re.sub(r"[^\w\s]", "", text),
            "punctuation32": re.sub(r"[^\w\s]", "", text, count=32),
            "lower": text.lower(),
            "spaces": re.sub(r"\s+", " ", text).strip(),
            "study": study(wordnet, text),
        }
        for text in TEXTS
    ]
    known = dict(wordnet._lemma_pos_offset_map)

    def exceptions(pos):
        listed = wordnet._exception_map[pos]
        return {word: listed[word] for word in sorted(wordnet.words[pos]) if word in listed}

    golden = {
        "unicode": unicodedata.unidata_version,
        "word": ranges(lambda c: re.match(r"\w", c)),
        "space": ranges(lambda c: re.match(r"\s", c)),
        "unassigned": ranges(lambda c: unicodedata.category(c) == "Cn"),
        "nouns": sorted(form for form in wordnet.forms["n"] if "n" in known.get(form, {})),
        "verbs": sorted(form for form in wordnet.forms["v"] if "v" in known.get(form, {})),
        "nounExceptions": exceptions("n"),
        "verbExceptions": exceptions("v"),
        "lemmas": lemmas,
        "stopwords": STOP,
        "texts": texts,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=True)}" for key, value in golden.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
