"""Validates events, plans, facts, statuses, findings and explanations with python3-jsonschema against what `nvmf-policy schema` prints.

    check_documents.py PROGRAM SOURCE_DIRECTORY

Every installed event file, and every plan, facts file, status, list of findings and explanation of
the golden tests must be valid; an event with one mistake must not be, nor a status, a finding or an
explanation without one of its keys. Keys are spelt one way in the output of every command.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

EVENT = {
    "event": "discovered",
    "transport": "tcp",
    "traddr": "10.20.1.21",
    "trsvcid": 4420,
    "subsystem-nqn": "nqn.x:a",
    "source": ["dc-a"],
    "udev": {"ID_PATH": "x"},
}
MISTAKES = {
    "an unknown field": {"sources": ["dc-a"]},
    "an unknown kind": {"event": "reboot"},
    "no transport": {"transport": None},
    "no address": {"traddr": None},
    "no subsystem": {"subsystem-nqn": None},
    "a service of 0": {"trsvcid": 0},
    "a service that is a word": {"trsvcid": "http"},
    "a word for a number": {"portid": "one"},
    "a list of numbers": {"source": [1]},
    "a number for a property": {"udev": {"A": 1}},
    "fc-discovery elsewhere": {"event": "fc-discovery"},
}


def validator(program, name):
    text = subprocess.run([program, "schema", name], check=True, capture_output=True).stdout
    return jsonschema.Draft7Validator(json.loads(text))


def first_error(schema, document):
    return next((error.message for error in schema.iter_errors(document)), None)


def event_files(source):
    files = sorted(source.glob("policies/*/events/*.yaml"))
    return {path: yaml.safe_load(path.read_text()) for path in files}


def plan_documents(source):
    """The JSON that the golden cases of `plan` print or write."""
    found = {}
    cases = source / "tests/golden/cases"
    for path in sorted([*cases.glob("plan*/stdout"), *cases.glob("plan*/*.json.expected")]):
        if '"plans": [' in path.read_text():
            found[path] = json.loads(path.read_text())
    return found


def facts_files(source):
    files = sorted(source.glob("tests/golden/**/facts*.yaml"))
    return {path: yaml.safe_load(path.read_text()) for path in files}


def statuses(source):
    files = sorted(source.glob("tests/golden/cases/status-*json/stdout"))
    return {path: json.loads(path.read_text()) for path in files}


def outputs(source, pattern, key):
    """The JSON documents with this key that the golden cases print."""
    found = {}
    for path in sorted((source / "tests/golden/cases").glob(pattern)):
        text = path.read_text()
        if text.startswith("{") and key in (document := json.loads(text)):
            found[path] = document
    return found


# Names that the command line's description uses, and documents in the form of other programs: SARIF
# (its keys and `$schema`) and the tables of `nvme nbft show`.
UNDERSCORES = {"format_version", "decided_by"}
FOREIGN = {"check-sarif", "show-firmware-broken", "show-firmware-json"}


def keys_in(document, below=""):
    """Each key with the one that it is below; the names in these maps are the users'."""
    if isinstance(document, list):
        for one in document:
            yield from keys_in(one, below)
    if isinstance(document, dict):
        for key, value in document.items():
            if below != "udev":
                yield key
            yield from keys_in(value, key)


def wrong_keys(source):
    for path, document in outputs(source, "*/stdout", "format_version").items():
        if path.parent.name in FOREIGN:
            continue
        for key in sorted(set(keys_in(document)) - UNDERSCORES):
            if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
                yield f"{path}: the key `{key}` is not in kebab-case"


def needless_keys(schema, documents, part, what):
    """Keys of the first `part` of each document that the schema does without."""
    for path, document in documents.items():
        for one in document[part][:1]:
            for key in one:
                if key == "logged":
                    continue
                less = {other: value for other, value in one.items() if other != key}
                if first_error(schema, {**document, part: [less]}) is None:
                    yield f"{path}: the schema of {what} does without {key}"


def with_change(change):
    event = copy.deepcopy(EVENT)
    event.update(change)
    return {key: value for key, value in event.items() if value is not None}


def problems(program, source):
    events = validator(program, "event")
    plans = validator(program, "plan")
    facts = validator(program, "facts")
    status = validator(program, "status")
    findings = outputs(source, "check-*/stdout", "findings")
    explained = outputs(source, "explain-*/stdout", "explanations")
    known = outputs(source, "explain-*/stdout", "paths")
    check = validator(program, "check")
    explain = validator(program, "explain")
    yield from wrong_keys(source)
    yield from needless_keys(check, findings, "findings", "findings")
    yield from needless_keys(explain, explained, "explanations", "explanations")
    yield from needless_keys(explain, known, "paths", "explanations")
    for schema, documents in (
        (events, event_files(source)),
        (plans, plan_documents(source)),
        (facts, facts_files(source)),
        (status, statuses(source)),
        (check, findings),
        (explain, explained),
        (explain, known),
    ):
        if not documents:
            yield "there is nothing to validate"
        for path, document in documents.items():
            if error := first_error(schema, document):
                yield f"{path}: {error}"
    for path, document in statuses(source).items():
        for key in document:
            if first_error(status, {other: value for other, value in document.items() if other != key}) is None:
                yield f"{path}: the schema of statuses does without {key}"
    if first_error(facts, {"interface": []}) is None:
        yield "the schema of facts allows an unknown key"
    if error := first_error(events, EVENT):
        yield f"the event without a mistake: {error}"
    for name, change in MISTAKES.items():
        if first_error(events, with_change(change)) is None:
            yield f"the schema of events allows {name}"


found = list(problems(sys.argv[1], pathlib.Path(sys.argv[2])))
print("\n".join(found))
sys.exit(1 if found else 0)
