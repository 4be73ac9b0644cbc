#!/usr/bin/python3
"""Reads Prometheus' text format from standard input with Prometheus' own parser, and writes it as JSON.

Needs Debian's python3-prometheus-client, hence Debian's Python. What the parser is lenient about is
checked here: every metric has HELP and TYPE before its samples, no series comes twice, and the page
ends with a line end.

    [{"name": ..., "type": ..., "help": ..., "samples": [{"name", "labels", "value"}]}]
"""

import json
import re
import sys

from prometheus_client.parser import text_string_to_metric_families

LINE = re.compile(
    r"(# (HELP|TYPE) [a-z_]+ .+"
    r'|[a-z_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? -?[0-9]+(\.[0-9]+)?)'
)

text = sys.stdin.buffer.read().decode("utf-8")
assert text.endswith("\n"), "no line end at the end"
described, seen, families = {}, set(), []
for line in text.splitlines():
    assert LINE.fullmatch(line), line
    if line.startswith("# "):
        _, what, name, _ = line.split(" ", 3)
        assert what not in described.setdefault(name, []), line
        described[name].append(what)
    else:
        name = re.match("[a-z_]+", line).group()
        assert described.get(name) == ["HELP", "TYPE"], line
for family in text_string_to_metric_families(text):
    samples = []
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        assert key not in seen, key
        seen.add(key)
        samples.append({"name": sample.name, "labels": sample.labels, "value": int(sample.value)})
    families.append(
        {
            "name": family.name,
            "type": family.type,
            "help": family.documentation,
            "samples": samples,
        }
    )
json.dump(families, sys.stdout)
