#!/usr/bin/env python3
# Asks the model in Tests/Fixtures/answers/questions what transformers' question-answering pipeline answers.
"""The answers of the question-answering pipeline, which transformers 5 no longer has.

    python -m venv .venv4 && .venv4/bin/pip install torch==2.13.0 transformers==4.57.3
    .venv4/bin/python Tools/reference/make_question_golden.py

Run make_answer_fixtures.py before it: that makes the model.
"""

import json

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, QuestionAnsweringPipeline

from golden import FIXTURES, plain_cpu

FOLDER = FIXTURES / "answers" / "questions"
SHORT = "The Oak beam was cut by Zoë Weber's sharp adze; the OAK   split (in 東京) 🪵 and don't re-cut it!"
LONG = " ".join(
    f"{name} saw the {tree} beam in {town}: it was {how}ly cut, and {name} split it."
    for name, tree, town, how in [
        ("Anna", "oak", "Oslo", "sharp"), ("Zoë", "ash", "Ås", "soft"), ("René", "elm", "東京", "good"),
        ("Weber", "yew", "Lund", "bad"), ("Anders", "pine", "Bergen", "quick"), ("Kim", "fir", "Turku", "slow"),
        ("Ada", "beech", "Visby", "neat"), ("Olga", "alder", "Umeå", "rough"), ("Ivo", "birch", "Kiel", "clean"),
        ("Finn", "maple", "Gävle", "deep"), ("Bo", "larch", "Bonn", "thin"), ("Ulf", "oak", "Ghent", "wide"),
        ("Eva", "ash", "Graz", "quiet"),
    ])
INPUTS = [
    ("What was cut?", SHORT, {}),
    ("Who?", "Anna", {}),
    ("who cut it", SHORT, {"max_seq_len": 24, "doc_stride": 8}),
    ("Where was the oak split, and by whom?", SHORT, {"max_seq_len": 40, "doc_stride": 5}),
    ("In 東京?", LONG, {}),
    ("What did Zoë see?", LONG, {"max_seq_len": 64}),
]
OPTIONS = [
    {}, {"top_k": 4}, {"top_k": 4, "align_to_words": False}, {"top_k": 3, "handle_impossible_answer": True},
    {"max_answer_len": 2, "top_k": 2}, {"top_k": 3, "max_answer_len": 40},
]


def main():
    assert transformers.__version__.startswith("4."), "transformers 5 has no such pipeline"
    transformers.logging.set_verbosity_error()
    plain_cpu()
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model = AutoModelForQuestionAnswering.from_pretrained(FOLDER, attn_implementation="eager").eval()
    ask = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer)
    inputs, cases, tensors = [], [], {}
    for index, (question, context, layout) in enumerate(INPUTS):
        features = list(ask.preprocess({"question": question, "context": context}, **layout))
        windows = [feature["input_ids"][0].tolist() for feature in features]
        inputs.append({"question": question, "context": context, "layout": layout, "windows": windows})
        for number, feature in enumerate(features):
            output = model(input_ids=feature["input_ids"], token_type_ids=feature["token_type_ids"])
            tensors[f"{index}.{number}"] = torch.stack([output.start_logits[0], output.end_logits[0]], dim=-1)
        for options in OPTIONS:
            found = ask(question=question, context=context, **layout, **options)
            found = found if isinstance(found, list) else [found]
            scores = [answer["score"] for answer in found]
            assert all(a - b > 1e-5 for a, b in zip(scores, scores[1:]) if b > 0), (index, options, scores)
            for answer in found:
                answer["score"] = round(answer["score"], 7)
            cases.append({"input": index, "options": options, "result": found})
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, FOLDER / "golden.safetensors")

    def lines(values):
        return ",\n".join("  " + json.dumps(value, ensure_ascii=False) for value in values)

    about = json.dumps("questions, the layout of windows, options, and the answers best first")
    text = f'{{\n "about": {about},\n "inputs": [\n{lines(inputs)}\n ],\n "cases": [\n{lines(cases)}\n ]\n}}\n'
    (FOLDER / "golden.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
