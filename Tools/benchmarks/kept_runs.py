# Runs of `adze finetune` whose reports are kept, and the cells of tables that are made of them: what the scripts share that
# train many models. Not a script.
"""A run is NAME.json in the work folder, the report of `adze finetune --json`, and is not made again where that is there."""

import json
import statistics
import subprocess


def write_rows(path, rows, labelled=True):
    """Writes (text, label) pairs as JSON lines, or their texts alone."""
    with open(path, "w", encoding="utf-8") as out:
        for text, label in rows:
            print(json.dumps({"text": text, "label": label} if labelled else {"text": text}), file=out)
    return path


class KeptRuns:
    """The runs of a script's options: `adze`, `work`, `threads`, and `table`, which makes none."""

    def __init__(self, options):
        self.options = options
        options.work.mkdir(parents=True, exist_ok=True)

    def adze(self, *arguments):
        command = [self.options.adze, *map(str, arguments), "--quiet"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def report(self, name):
        """The report of a run; None where it has not been made."""
        path = self.options.work / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def model(self, name):
        return self.options.work / f"{name}.adze"

    def made(self, name, make):
        """The report of a run, the text that `make` returns where it is not there yet; a table makes none."""
        known = self.report(name)
        if known or self.options.table:
            return known
        print(f"{name} …", flush=True)
        report = make()
        (self.options.work / f"{name}.json").write_text(report)
        return json.loads(report)

    def finetune(self, name, model, *arguments):
        """The report of a run of `finetune`; its model is `model(name)`."""
        return self.made(name, lambda: self.adze(
            "finetune", model, "-o", self.model(name), "--force", "--json", "--threads", self.options.threads, *arguments))

    def cell(self, names, value=lambda report: report["score"]):
        """The mean of the reports that are there, its standard error, and of how many."""
        return cell([value(report) for report in map(self.report, names) if report])


def cell(values):
    """A mean with its standard error and the number of values."""
    if not values:
        return "–"
    error = f" ± {statistics.stdev(values) / len(values) ** 0.5:.4f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4f}{error} ({len(values)})"
