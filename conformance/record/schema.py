"""The JSON Schema of results.json; `python -m conformance.record.schema` prints what stands in results.schema.json."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from pydantic.json_schema import GenerateJsonSchema

from conformance.record.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Untitled(GenerateJsonSchema):
    # a title for each member would only repeat its name
    def field_title_should_be_set(self, _schema: object) -> bool:
        return False


def schema() -> Mapping[str, object]:
    """Give the JSON Schema (2020-12) of results.json as this kit writes it."""
    generated = Record.model_json_schema(mode="serialization", schema_generator=_Untitled)
    return {"$schema": GenerateJsonSchema.schema_dialect, **generated}


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
