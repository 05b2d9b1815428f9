# Labelled texts as the scripts that train with transformers take them: token ids with labels, padded batches, and an
# epoch's order. Not a script.
"""Batches for compare_scores.py and compare_study.py."""

import torch


def encoded(tokenizer, rows, names, longest):
    """Each text's ids, cut to `longest`, with the place of its label among `names`."""
    texts = tokenizer([text for text, _ in rows], truncation=True, max_length=longest)["input_ids"]
    return list(zip(texts, (names.index(label) for _, label in rows), strict=True))


def tensors(batch):
    """A batch padded to its longest text, and its labels."""
    width = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in batch])
    mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in batch])
    return {"input_ids": ids, "attention_mask": mask}, torch.tensor([label for _, label in batch])


def neighbours(examples, shuffler, size):
    """An epoch's batches: shuffled, sorted by length within 50 batches' rows, and the batches shuffled again."""
    order = list(range(len(examples)))
    shuffler.shuffle(order)
    window = 50 * size
    order = [
        index
        for start in range(0, len(order), window)
        for index in sorted(order[start : start + window], key=lambda index: len(examples[index][0]))
    ]
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    shuffler.shuffle(batches)
    return [[examples[index] for index in batch] for batch in batches]
