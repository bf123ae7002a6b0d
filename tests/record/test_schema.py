from __future__ import annotations

import json
from importlib import resources

from conformance.record.schema import schema


def test_the_published_schema_is_what_the_models_say() -> None:
    published = json.loads(resources.files("conformance").joinpath("results.schema.json").read_bytes())
    assert published == schema(), "run: python -m conformance.record.schema > conformance/results.schema.json"
