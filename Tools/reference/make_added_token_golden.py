"""Records what transformers' `add_tokens` makes of texts, as Tests/Fixtures/tokenizer/added-tokens.json.

Usage: make_added_token_golden.py OUT.json
The vocabulary is small and made here. Words that the vocabulary has, and doubles of a word after lower-casing, are left
out: there our tokenizer differs from transformers on purpose.
"""
import json
import sys
import tempfile

from transformers import BertTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PIECES = ["play", "##ed", "heart", "attack", "co", "##vid", "vid", "x", "ray", "-", "naive", "the", "a", "##s", "s", "na",
          "##ive", "of", ".", ",", "+", "c", "漢", "字", "##19", "19"]
LETTERS = [chr(c) for c in range(ord("a"), ord("z") + 1)]
WORDS = ["covid-19", "Heart Attack", "X-Ray", "naïveté", "c++", "漢字", "mrna", "ab", "abc", "[GENE]", "é́t", "tab\tbed"]
TEXTS = [
    "COVID-19 and covid-190", "the heart attack, HEART ATTACKS of a heart  attack", "x-rays X-RAY xray",
    "NAIVETE naïveté naivete", "c++ C++ c+ +c++c", "漢字 漢 字 x漢字y", "mRNA mrnas xmrnax", "abc ab abab abcab a b c",
    "[GENE] [gene] [Gene]s [CLS] ab", "tab\tbed tab bed", "", "  ab  ", "a\u200bb ab\u0301c", "ETE ÉT é́t",
]


def record(lower):
    vocab = list(dict.fromkeys(SPECIAL + PIECES + LETTERS + ["##" + c for c in LETTERS]))
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/vocab.txt", "w") as file:
            file.write("\n".join(vocab) + "\n")
        tokenizer = BertTokenizer(folder + "/vocab.txt", do_lower_case=lower)
        words = [w for w in WORDS if w not in vocab]
        assert tokenizer.add_tokens(words) == len(words)
        ids = [tokenizer.convert_tokens_to_ids(w) for w in words]
        return {"lowercases": lower, "vocab": vocab, "words": words, "wordIDs": ids, "texts": TEXTS,
                "ids": [tokenizer(t, add_special_tokens=False)["input_ids"] for t in TEXTS]}


def main(out):
    with open(out, "w") as file:
        json.dump([record(True), record(False)], file, ensure_ascii=False, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
