"""Writes Tests/Fixtures/adapters/: LoRA adapters as PEFT saves them, and what the fixtures that they were made over answer
with each.

Usage: make_adapter_golden.py; needs peft 0.21.2 beside the requirements.
"""
import json
import pathlib
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    AutoModel, AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoModelForTokenClassification,
)

from golden import plain_cpu

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
IDS = [[2, 5, 9, 14, 3], [2, 7, 3], [2, 31, 30, 29, 28, 27, 8, 3]]
# The base, transformers' class, the number of labels (None: the base's own), and the adapter.
CASES = {
    "bert-sequence": (
        "models/bertmodel-pooler", AutoModelForSequenceClassification, 5,
        {"task_type": "SEQ_CLS", "r": 4, "lora_alpha": 8, "target_modules": ["query", "value"]},
    ),
    "roberta-sequence": (
        "families/roberta/base", AutoModelForSequenceClassification, 3,
        {
            "task_type": "SEQ_CLS", "r": 4, "lora_alpha": 6, "use_rslora": True, "target_modules": "all-linear",
            "rank_pattern": {"layer.1.attention.self.query": 2, "output.dense": 3}, "alpha_pattern": {"key": 5},
        },
    ),
    "distilbert-tokens": (
        "families/distilbert/base", AutoModelForTokenClassification, 4,
        {"task_type": "TOKEN_CLS", "r": 2, "lora_alpha": 3, "bias": "all", "target_modules": ["q_lin", "lin1"]},
    ),
    "electra-questions": (
        "families/electra/base", AutoModelForQuestionAnswering, None,
        {"task_type": "QUESTION_ANS", "r": 2, "lora_alpha": 2, "target_modules": ["word_embeddings", "dense"]},
    ),
    "mpnet-encoder": (
        "families/mpnet/base", AutoModel, None,
        {
            "task_type": "FEATURE_EXTRACTION", "r": 3, "lora_alpha": 1, "bias": "lora_only",
            "target_modules": ["attn.q", "attn.o"],
        },
    ),
    "bert-own-head": (
        "models/seqcls-gelu", AutoModelForSequenceClassification, None,
        {"r": 2, "lora_alpha": 4, "target_modules": ["dense", "word_embeddings"]},
    ),
}


def made(name, seed):
    base, auto, labels, settings = CASES[name]
    torch.manual_seed(seed)
    model = auto.from_pretrained(FIXTURES / base, **({} if labels is None else {"num_labels": labels}))
    adapted = get_peft_model(model, LoraConfig(**settings))
    with torch.no_grad():
        for parameter in adapted.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.2)
    return model, adapted.eval()


def answers(model, ids):
    output = model(input_ids=torch.tensor([ids]))
    if hasattr(output, "start_logits"):
        return torch.stack([output.start_logits[0], output.end_logits[0]], dim=-1).flatten().tolist()
    return (output.logits if hasattr(output, "logits") else output.last_hidden_state).flatten().tolist()


def main():
    plain_cpu()
    for seed, name in enumerate(CASES):
        folder = FIXTURES / "adapters" / name
        shutil.rmtree(folder, ignore_errors=True)
        _, adapted = made(name, seed)
        # Some save the table of words whole beside its product.
        adapted.save_pretrained(folder, save_embedding_layers=name == "bert-own-head")
        (folder / "README.md").unlink(missing_ok=True)
        config = json.loads((folder / "adapter_config.json").read_text())
        # Where it lay here is nobody's business, and lists that were sets come in any order.
        config["base_model_name_or_path"] = CASES[name][0]
        if isinstance(config["target_modules"], list):
            config["target_modules"].sort()
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=1) + "\n")
        base, auto, labels, _ = CASES[name]
        again = auto.from_pretrained(FIXTURES / base, **({} if labels is None else {"num_labels": labels}))
        again = PeftModel.from_pretrained(again, folder).eval()
        with torch.no_grad():
            golden = {"base": base, "ids": IDS, "answers": [answers(again, ids) for ids in IDS]}
        (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
