#!/usr/bin/env python3
# Makes a small random BERT with each head of the family but the sequence classifier under Tests/Fixtures/models, and
# what transformers says it answers. The rest of the models: make_model_fixtures.py.
"""Small models with golden logits, one for each head.

    python Tools/reference/make_head_fixtures.py

Made with torch 2.13.0, transformers 5.23.0, safetensors 0.8.0. The same versions give the same bytes. Each folder is
what `save_pretrained` gives, with the vocabulary of the other models, `golden.safetensors` (inputs and logits, see
README.md) and `golden.json` (the inputs for people).
"""

import torch
from transformers import (
    BertForMaskedLM, BertForNextSentencePrediction, BertForPreTraining, BertForQuestionAnswering,
    BertForTokenClassification, BertTokenizer,
)
from transformers.utils import logging

from golden import packed_ids, plain_cpu, randomise, save_tensors, write_json
from make_model_fixtures import VOCABULARY, configuration, fresh_folder, sequences_for

# What each class calls its logits, what we call them, and whether there is a row a token.
OUTPUTS = {
    BertForPreTraining: [
        ("prediction_logits", "vocabulary_logits", True), ("seq_relationship_logits", "next_sentence_logits", False)],
    BertForMaskedLM: [("logits", "vocabulary_logits", True)],
    BertForNextSentencePrediction: [("logits", "next_sentence_logits", False)],
    BertForTokenClassification: [("logits", "token_logits", True)],
    BertForQuestionAnswering: [("start_logits", "start_logits", True), ("end_logits", "end_logits", True)],
}


def save_tokenizer(folder, max_length):
    """vocab.txt and tokenizer_config.json; tokenizer.json says nothing more, and would be the largest file."""
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(
        vocab={piece: index for index, piece in enumerate(VOCABULARY)}, do_lower_case=True, model_max_length=max_length)
    tokenizer.save_pretrained(folder)
    (folder / "tokenizer.json").unlink()
    return tokenizer


def answers(model, sequences):
    """The logits of each sequence run alone, packed: [T, ...] or [S, ...]."""
    found = {}
    for ids, type_ids in sequences:
        out = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([type_ids]))
        for theirs, ours, by_token in OUTPUTS[type(model)]:
            found.setdefault(ours, []).append(out[theirs][0] if by_token else out[theirs])
    return {name: torch.cat(parts) for name, parts in found.items()}


def make(name, about, model, seed):
    folder = fresh_folder(name)
    # Parameters that are tied are one, which is visited once.
    randomise(model, seed)
    model.save_pretrained(folder)
    described, sequences = sequences_for(
        save_tokenizer(folder, model.config.max_position_embeddings), model.config.max_position_embeddings, seed)
    golden = answers(model, sequences)
    assert all(torch.isfinite(t).all() for t in golden.values())
    again = type(model).from_pretrained(folder, attn_implementation="eager").eval()
    assert all(torch.equal(t, golden[name]) for name, t in answers(again, sequences).items())
    save_tensors(folder / "golden.safetensors", packed_ids(sequences) | golden)
    write_json(folder / "golden.json", {"about": about, "sequences": described})


def shape(**changes):
    base = dict(hidden_size=12, num_attention_heads=2, num_hidden_layers=2, intermediate_size=16, hidden_act="gelu")
    return configuration(**(base | changes))


def main():
    make("maskedlm-tied", "the decoder is the word embeddings", BertForMaskedLM(shape()), 21)
    make(
        "maskedlm-untied", "a decoder with weights and a bias of its own, tanh GELU",
        BertForMaskedLM(shape(tie_word_embeddings=False, hidden_act="gelu_new", layer_norm_eps=1e-5)), 22)
    make("pretraining", "masked language model and next sentence", BertForPreTraining(shape()), 23)
    make("nextsentence", "next sentence alone", BertForNextSentencePrediction(shape(num_hidden_layers=1)), 24)
    names = ["O", "B-TREE", "I-TREE", "B-TOOL", "I-TOOL"]
    labels = dict(id2label=dict(enumerate(names)), label2id={name: index for index, name in enumerate(names)})
    make("tokencls", "five named labels a token", BertForTokenClassification(shape(**labels)), 25)
    make("questions", "start and end of an answer", BertForQuestionAnswering(shape(num_hidden_layers=3)), 26)


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    main()
