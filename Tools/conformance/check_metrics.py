# /metrics through the parsers of prometheus_client: OpenMetrics, and the text that older scrapers take.

import json
import urllib.error
import urllib.request

from serving import CLASSIFIER, TEXTS, Difference, same

NAME = "prometheus-client"


def check(server):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
    from prometheus_client.parser import text_string_to_metric_families as plain

    def samples(parse, accept):
        request = urllib.request.Request(server.url + "/metrics", headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=60) as answer:
            same("content type", answer.headers["Content-Type"].split(";")[0], accept)
            families = list(parse(answer.read().decode()))
        for family in families:
            if family.type in ("unknown", "untyped") or not family.documentation:
                raise Difference(f"{family.name} has the type {family.type} and the help {family.documentation!r}")
        names = [family.name for family in families]
        same("families, each once", sorted(set(names)), sorted(names))
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    before = samples(open_metrics, "application/openmetrics-text")
    for status, inputs in ((200, TEXTS[0]), (422, 5)):
        data = json.dumps({"inputs": inputs}).encode()
        try:
            request = urllib.request.Request(f"{server.url}/models/{CLASSIFIER}/predict", data)
            urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            same("status", error.code, status)
    for parse, accept in ((open_metrics, "application/openmetrics-text"), (plain, "text/plain")):
        after = samples(parse, accept)
        grown = {key for key in after if after[key] > before.get(key, 0)}
        for name, labels in (
            ("adze_requests_total", {"status": "200"}), ("adze_requests_total", {"status": "422"}),
            ("adze_texts_total", {"model": CLASSIFIER}), ("adze_failures_total", {"reason": "invalid"}),
            ("adze_pass_seconds_count", {"model": CLASSIFIER}),
        ):
            if not any(key[0] == name and labels.items() <= dict(key[1]).items() for key in grown):
                raise Difference(f"{name}{labels} did not grow, in {accept}")
        # Of requests that a model answers; this one asks none.
        same("running", after[("adze_requests_running", ())], 0)
    return "/metrics as OpenMetrics and as text, and that counts grow"
