"""Validates the corpora with python3-jsonschema.

A policy of good/ and every installed one must be valid, and together they must use every key: a key that the schema
lacks makes one of them invalid, one that no policy shows is not tried out. The examples of the schema must be valid. A policy of bad/ whose findings are about
its structure must not be: an editor then shows the mistake while it is made. Mistakes that
only the loader can find (names, other files, YAML that parsers disagree about) are left to it.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

# Codes that the schema can see, and the cases among them that it cannot.
STRUCTURAL = {201, 202, 203, 204, 205, 206, 209, 214}
BEYOND_A_SCHEMA = {
    "201-empty": "an empty text is null, which editors do not report",
    "201-only-comments": "as above",
    "204-quoted-words": "quotes are gone in JSON",
    "204-number-as-identity-name": "a key is a text to JSON",
    "206-half-second": "whole seconds may be written in ms",
    "206-reconnect-zero": "a duration's range",
    "206-limits": "seen for the depth, not for the duration",
    "206-port-range-reversed": "the order of a range",
    "206-infinity-not-taken": "seen",
    "206-placeholder-hostid": "one of many UUIDs",
    "206-placeholder-hostnqn": "likewise",
    "206-credential-path": "the form of a credential's name",
    "204-duration-with-fraction": "seen",
    "206-name-with-slash": "seen",
}
SEEN_ALL_THE_SAME = {name for name, why in BEYOND_A_SCHEMA.items() if why.startswith("seen")}


def with_text_keys(value):
    """As JSON has it, whose keys are all texts."""
    if isinstance(value, dict):
        return {str(key): with_text_keys(each) for key, each in value.items()}
    return [with_text_keys(each) for each in value] if isinstance(value, list) else value


def load(path):
    return with_text_keys(yaml.safe_load(path.read_bytes()))


def errors(validator, path):
    return [error.message for error in validator.iter_errors(load(path))]


def codes(path):
    return {int(code) for code in re.findall(r"error\[NVP(\d+)\]", path.read_text())}


def check_good(validator, paths):
    for path in paths:
        found = errors(validator, path)
        if found:
            yield f"{path} is a good policy, and the schema refuses it: {found[0]}"


def check_bad(validator, corpus):
    refused = 0
    for expected in sorted(corpus.glob("bad/*.expected")):
        path = expected.with_suffix(".yaml")
        name = path.stem
        beyond = name in BEYOND_A_SCHEMA and name not in SEEN_ALL_THE_SAME
        if not path.exists() or beyond or not codes(expected) & STRUCTURAL:
            continue
        if codes(expected) & {101, 103, 104, 105, 106, 107, 108, 109, 102, 210}:
            continue  # what is wrong is in the text, which the parser here hides
        refused += 1
        if not errors(validator, path):
            yield f"{path} is structurally wrong, and the schema takes it"
    if refused < 60:
        yield f"only {refused} bad policies were looked at"


def keys_used(schema, value, place, name="policy"):
    """(map, key) for every key of a value, as the schema names them."""
    for each in [*place.get("allOf", []), *place.get("anyOf", [])]:
        yield from keys_used(schema, value, each, name)
    if "$ref" in place:
        inner = place["$ref"].split("/")[-1]
        yield from keys_used(schema, value, schema["definitions"][inner], inner)
    for each in value if isinstance(value, list) else []:
        yield from keys_used(schema, each, place.get("items", {}), name)
    for key, each in value.items() if isinstance(value, dict) else []:
        known = place.get("properties", {}).get(key)
        if known:
            yield name, key
        others = place.get("additionalProperties")
        yield from keys_used(schema, each, known or (others if isinstance(others, dict) else {}), name)


def check_keys(schema, paths):
    """Each key of the schema is used in a policy, is described, and has an example that it takes itself."""
    used = {each for path in paths for each in keys_used(schema, load(path), schema)}
    for name, definition in [("policy", schema), *schema["definitions"].items()]:
        if definition["additionalProperties"] is not False:
            yield f"{name}: the schema takes unknown keys"
        for key, place in definition["properties"].items():
            if (name, key) not in used:
                yield f"{name}: no policy of good/ or policies/ uses the key {key}"
            if not place.get("description"):
                yield f"{name}: the key {key} is not described"
            validator = jsonschema.Draft7Validator({**place, "definitions": schema["definitions"]})
            for error in [error for each in place["examples"] for error in validator.iter_errors(each)]:
                yield f"{name}: the example of {key} is not valid: {error.message}"


def main():
    schema_path, corpus, policies = map(pathlib.Path, sys.argv[1:])
    schema = json.loads(schema_path.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    if "oneOf" in schema_path.read_text():
        sys.exit("the schema uses oneOf, whose errors nobody understands")
    validator = jsonschema.Draft7Validator(schema)
    good = sorted(corpus.glob("good/*.yaml")) + sorted(corpus.glob("good/*/etc/nvmf/*.yaml"))
    good += [policies / "autoconnect.yaml"] + sorted(policies.glob("*/autoconnect.yaml"))
    mistakes = list(check_good(validator, good)) + list(check_bad(validator, corpus))
    mistakes += check_keys(schema, good)
    print("\n".join(mistakes) or f"{len(good)} good policies and the bad ones as expected")
    sys.exit(bool(mistakes))


main()
