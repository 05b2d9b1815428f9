# A classifier with one of the source study's heads on PyTorch, and the folder from which our side loads the same weights.
# Not a script: compare_training.py imports it.
"""Heads as `adze finetune --head` spells them, over the first blocks of a BERT model folder."""

import json
import pathlib

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence
from transformers import BertModel


class FineTuned(nn.Module):
    """An encoder and an LSTM or a flattened sequence; called as transformers' classifiers are, returns the loss."""

    def __init__(self, folder, specification, blocks, length=128):
        super().__init__()
        name, *settings = specification.split(":")
        chosen = dict(setting.split("=") for setting in settings)
        self.bert = BertModel.from_pretrained(folder, dtype=torch.float32)
        config = self.bert.config
        if blocks is not None:
            self.bert.encoder.layer = self.bert.encoder.layer[:blocks]
            config.num_hidden_layers = blocks
        if name == "flatten" or chosen.get("padding") != "none":
            config.max_position_embeddings = length
            self.bert.embeddings.position_embeddings.weight.data = (
                self.bert.embeddings.position_embeddings.weight.data[:length].clone())
        self.length, self.specification = length, specification
        self.padded = chosen.get("padding") != "none"
        self.all = chosen.get("states") == "all"
        width = config.hidden_size * (config.num_hidden_layers + 1 if self.all else 1)
        if name == "lstm":
            size, sides = int(chosen.get("size", 128)), int(chosen.get("directions", 2))
            self.lstm = nn.LSTM(
                width, size, int(chosen.get("layers", 1)), bidirectional=sides == 2, batch_first=True)
            self.clf = nn.Linear(size * sides, 2)
        else:
            self.lstm = None
            self.clf = nn.Linear(length * width, 2)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids, attention_mask, labels):
        missing = self.length - input_ids.shape[1] if self.padded or self.lstm is None else 0
        if missing:
            input_ids = nn.functional.pad(input_ids, (0, missing))
            attention_mask = nn.functional.pad(attention_mask, (0, missing))
        out = self.bert(input_ids, attention_mask, output_hidden_states=self.all)
        states = torch.cat(out.hidden_states, dim=2) if self.all else out.last_hidden_state
        lengths = attention_mask.sum(1)
        if self.lstm is None:
            features = states.reshape(len(states), -1)
        elif self.padded:
            answers = lengths.clamp(max=self.length - 1)
            features = self.lstm(states)[0][torch.arange(len(states)), answers]
        else:
            packed = pack_padded_sequence(states, lengths, batch_first=True, enforce_sorted=False)
            last = self.lstm(packed)[1][0]
            sides = 2 if self.lstm.bidirectional else 1
            features = torch.cat(list(last[-sides:]), dim=1)
        return nn.functional.cross_entropy(self.clf(self.dropout(features)), labels)

    def save(self, folder):
        """The folder that our side loads."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        config = self.bert.config.to_dict()
        config |= {"architectures": ["FineTunedBert"], "adze_head": self.specification}
        config["id2label"], config["label2id"] = {"0": "a", "1": "b"}, {"a": 0, "b": 1}
        config.pop("dtype", None)
        (folder / "config.json").write_text(json.dumps(config))
        weights = {name: value.detach().clone().contiguous() for name, value in self.state_dict().items()}
        save_file(weights, folder / "model.safetensors")
