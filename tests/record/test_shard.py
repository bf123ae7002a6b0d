from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from conformance.record import record as records
from conformance.record.shard import MOST_SHARDS, Shard
from conformance.record.stored import RecordError
from tests.report.samples import a_case, a_record, stored

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_named_as_people_do() -> None:
    assert str(Shard(number=2, of=5)) == "shard 2 of 5"


@pytest.mark.parametrize(("number", "of"), [(0, 5), (6, 5), (1, 0), (1, MOST_SHARDS + 1)])
def test_there_is_no_such_shard(number: int, of: int) -> None:
    with pytest.raises(ValidationError):
        Shard(number=number, of=of)


def test_a_record_keeps_it(tmp_path: Path) -> None:
    shard = Shard(number=1, of=2, cases=("a", "b"), noted=("said",), waited_s=1.5, throttled_count=2, spent="no time")
    assert records.read(stored(tmp_path, a_record(a_case("passed", "a"), shard=shard))).shard == shard


def test_a_damaged_one_is_named(tmp_path: Path) -> None:
    path = records.write(a_record(shard={"number": 1, "of": 2}), tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"number": 1', '"number": 3'), encoding="utf-8")
    with pytest.raises(RecordError, match="shard: Value error, there is no shard 3 of 2"):
        records.read(tmp_path)
