#!/usr/bin/python3
"""Holds answers against the OpenAPI document that describes them.

    check_openapi.py DOCUMENT ANSWERS

ANSWERS is JSON: [{"path": "/v1/...", "status": 200, "type": "application/json", "body": ...}]. The document's
own structure is checked first: every reference leads somewhere, every schema is one of JSON Schema 2020-12, every
operation has its parts. Then every answer has a path, a status and a schema, and no field that the schema does not
name. Needs Debian's python3-jsonschema, hence Debian's Python.
"""

import json
import re
import sys

import jsonschema

document, answers = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
schemas = document["components"]["schemas"]
assert document["openapi"].startswith("3.1."), document["openapi"]
assert document["info"]["title"] and document["info"]["version"]
assert set(document) <= {"openapi", "info", "servers", "security", "paths", "components"}


def walk(value):
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


used = set()
for part in walk(document):
    if "$ref" in part:
        _, kind, name = part["$ref"].removeprefix("#/").split("/")
        assert name in document["components"][kind], part
        used.add((kind, name))
parts = {(kind, name) for kind in ("schemas", "responses") for name in document["components"][kind]}
assert used == parts, parts - used
for schema in schemas.values():
    jsonschema.Draft202012Validator.check_schema(schema)
    # Strict here only: for clients, fields may be added.
    for part in walk(schema):
        if part.get("type") == "object" and "properties" in part:
            assert set(part.get("required", [])) <= set(part["properties"]), part
            part["additionalProperties"] = False
ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
assert len(ids) == len(set(ids)), ids
for path, operations in document["paths"].items():
    assert set(operations) == {"get"}, path
    operation = operations["get"]
    assert operation["summary"] and operation["responses"]["200"] and operation["responses"]["403"]
    in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path" and p["required"]]
    assert re.findall(r"{(\w+)}", path) == in_path, path
    for parameter in operation["parameters"]:
        assert parameter["in"] in ("path", "query", "header") and "schema" in parameter, parameter

checked = set()
for answer in answers:
    bare = answer["path"].split("?")[0]
    matches = [p for p in document["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", p), bare)]
    matches.sort(key=lambda p: "{" in p)
    response = document["paths"][matches[0]]["get"]["responses"][str(answer["status"])]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    content = response["content"]
    media = [m for m in content if answer["type"].startswith(m)]
    assert media, (answer["path"], answer["type"], list(content))
    if answer["type"] == "application/json":
        schema = {**content[media[0]]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer["body"])
    checked.add(matches[0])
print(json.dumps(sorted(set(document["paths"]) - checked)))
