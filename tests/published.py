"""The schemas that others have published, as validators; tests/schemas/README.md says where each comes from."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import xmlschema

SCHEMAS: Final = Path(__file__).with_name("schemas")


@functools.cache
def junit() -> xmlschema.XMLSchema:
    """Give the schema of the Jenkins xUnit plugin."""
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


@functools.cache
def sarif() -> Any:  # noqa: ANN401  (jsonschema-rs has no name for a validator)
    """Give the schema of SARIF 2.1.0."""
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_bytes())
    # a pattern with an unbalanced bracket, which the validator does not take; the kit's log has no language
    for part in ("run", "toolComponent"):
        del schema["definitions"][part]["properties"]["language"]["pattern"]
    return jsonschema_rs.validator_for(schema, validate_formats=True)


@functools.cache
def har() -> Any:  # noqa: ANN401  (see above)
    """Give the schema of HAR 1.2."""
    files = json.loads((SCHEMAS / "har-schema-2.0.0.json").read_bytes())
    registry = jsonschema_rs.Registry(list(files.items()))
    return jsonschema_rs.validator_for(files["har.json"], registry=registry, validate_formats=True)
