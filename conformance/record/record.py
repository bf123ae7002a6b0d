"""The record of a run: results.json and exchanges.jsonl, from which every report is rendered and from nothing else.

A newer kit reads every older record: members are only ever added, with a default, and `SCHEMA_VERSION` rises when the
meaning of one changes.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from conformance.record.gate import Gate  # noqa: TC001  (pydantic reads the annotations)
from conformance.record.shard import Shard  # noqa: TC001  (pydantic reads annotations)
from conformance.record.stored import (
    Count,
    Duration,
    Moment,
    Part,
    RecordError,
    Text,
    bytes_of,
    checked,
    decoded,
    unreadable,
    write_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION: Final = 1
RESULTS = "results.json"
EXCHANGES = "exchanges.jsonl"

Header: TypeAlias = tuple[Text, Text]
Level: TypeAlias = Literal["MUST", "SHOULD", "MAY"]
Subject: TypeAlias = Literal["server", "client"]
Status: TypeAlias = Literal["passed", "failed", "warned", "skipped", "error"]
ScenarioStatus: TypeAlias = Literal["tested", "skipped", "error", "not-selected"]
Verdict: TypeAlias = Literal["conformant", "not-conformant", "inconclusive"]


class DescribedState(Part):
    """A state that the target was in already, as its target file describes it."""

    scenario: Text
    mvpd: Text
    service_provider: Text | None = None
    """Another one than the default, where the state is at another."""
    uses: Count | None = None
    """How often it can be used up; null where it lasts."""


class TargetInfo(Part):
    """The server under test; of a client's run the client, and the server that it met."""

    name: Text = ""
    """What the target file calls it; empty where it does not."""
    version: Text = ""
    """Its version as the target file has it."""
    base_url: Text
    """The URL before /api/v2/."""
    service_provider: Text
    """The default service provider, e.g. REF30."""
    tls_verified: bool = True
    """False where the target file switched the verification of certificates off."""
    trust_env: bool = False
    """Whether proxies were taken from the environment."""
    other_service_provider: Text | None = None
    """A second service provider, that a logout at the first must not touch; null where none was named."""
    redirect_url: Text = ""
    """The redirect target that was asked for; empty where the kit that ran did not say."""
    headers: tuple[Text, ...] = ()
    """The names of the headers that were sent with every request; their values may be secret."""
    renews_token: bool = False
    """Whether a command gave access tokens, a fresh one after each that was refused."""
    states: Literal["unknown", "handler", "described"] = "unknown"
    """Whether a state handler made the states, or the target was in those of `described`; unknown in older records."""
    described: tuple[DescribedState, ...] = ()


class Summary(Part):
    """How many cases ended how."""

    passed: Count = 0
    failed: Count = 0
    warned: Count = 0
    skipped: Count = 0
    error: Count = 0


class Scenario(Part):
    """One state of the server, and whether it was tried."""

    id: Text
    mandatory: bool
    """Whether a verdict of conformant needs it."""
    status: ScenarioStatus
    reason: Text = ""
    """Why it was not tested; empty where it was."""


class Cause(Part):
    """One thing that is wrong and breaks several cases."""

    title: Text
    advice: Text
    """What to do about it."""
    cases: tuple[Text, ...]
    """The ids of the cases that it breaks."""


class RequirementText(Part):
    """A demand of the source page, as requirements.yaml of the kit that ran had it."""

    id: Text
    level: Level
    subject: Subject
    section: Text
    """A section of the source page, such as #success, or a document, such as RFC 9110 5.1."""
    sentence: Text
    line: Count | None = None
    """Where it stands in requirements.yaml; None where the kit that ran did not say."""


class Finding(Part):
    """A requirement that an exchange broke."""

    requirement: Text
    """The requirement's id."""
    level: Level
    expected: Text
    seen: Text
    where: Text
    """A JSON pointer into the body, a header name, `status`, or `body`."""
    exchange: Count | None = None
    """The index of the exchange in exchanges.jsonl."""


class Case(Part):
    """One thing that was tried, and how it ended."""

    id: Text
    """Unique, and the same in every run."""
    title: Text
    status: Status
    level: Level
    requirements: tuple[Text, ...]
    """The ids of the requirements that it judges."""
    scenario: Text | None = None
    message: Text = ""
    """One line: why it did not pass."""
    exchanges: tuple[Count, ...] = ()
    """The indexes of its evidence in exchanges.jsonl."""
    findings: tuple[Finding, ...] = ()
    rerun: Text = ""
    """The command line that runs this case alone."""
    cause: Text = ""
    """What stopped it and other cases alike; empty where nothing did."""
    scored: bool = True
    """False where it came after the version of the requirements that the run was judged by."""


class Record(Part):
    """The record of a run of logout-conformance: results.json."""

    schema_version: Literal[1] = SCHEMA_VERSION
    subject: Subject = "server"
    """Whom the verdict is about: a server under test, or a client by the traffic that it made."""
    verdict: Verdict
    reasons: tuple[Text, ...] = ()
    """Why the verdict is what it is."""
    partial: bool = False
    """Whether only a part of the cases was selected."""
    shard: Shard | None = None
    """Which share of a run this is, where several machines make one; null where it is a whole run."""
    interrupted: bool = False
    """Whether the run ended before its end."""
    kit_version: Text
    spec_version: Text
    requirements_version: Text = ""
    """The version whose set of cases scores; empty where every case does."""
    started_at: Moment
    finished_at: Moment
    seed: int
    """The seed of the generated requests."""
    examples: Count
    """How many requests were generated for each operation at most."""
    request_count: Count
    """Requests sent to the target; the state handler's are not counted."""
    target: TargetInfo
    summary: Summary
    scenarios: tuple[Scenario, ...] = ()
    causes: tuple[Cause, ...] = ()
    """What breaks several cases at once, the gravest first."""
    kit_faults: tuple[Text, ...] = ()
    """Cases in which the kit itself failed; they say nothing about the target."""
    notes: tuple[Text, ...] = ()
    """What else a reader has to know, e.g. how long answers of 429 were waited for."""
    requirements: tuple[RequirementText, ...] = ()
    cases: tuple[Case, ...] = ()
    gate: Gate | None = None
    """What known failures made of the run; None where there was no file of them."""


class SentRequest(Part):
    """A request as it was put on the wire, secrets replaced by markers such as `{{ACCESS_TOKEN}}`."""

    method: Text
    url: Text
    headers: tuple[Header, ...] = ()
    withheld: tuple[Text, ...] = ()
    """The headers, in lower case, that a recording may have left out although they were sent."""


class ReceivedResponse(Part):
    """An answer as it was received, secrets replaced by markers."""

    http_version: Text
    status: int
    reason: Text = ""
    headers: tuple[Header, ...] = ()
    body: Text = ""
    """The first 64 KiB of the body, as `body_encoding` says."""
    body_encoding: Literal["utf-8", "base64"] = "utf-8"
    body_bytes: Count = 0
    """The true size of the body received, in bytes."""
    body_truncated: bool = False
    body_kept: Literal["bytes", "text", "nothing"] = "bytes"
    """What a recording had of the body: its bytes, its text in whatever charset that was, or nothing."""
    undecodable: Text = ""
    """Why the body could not be decoded by its Content-Encoding; empty where it could."""

    def content(self) -> bytes:
        """Give the part of the body that was kept; what is no Base64 although it should be is given as it stands."""
        if self.body_encoding == "base64":
            try:
                return base64.b64decode(self.body, validate=True)
            except (binascii.Error, ValueError):
                pass
        return self.body.encode()


class ExchangeLine(Part):
    """One line of exchanges.jsonl: a request and its answer, or the trouble that stood in the way."""

    index: Count
    part: Text = ""
    """Which process or shard made it, where several did: each makes the visits of its own cases."""
    visit: Text = ""
    step: Text = ""
    started_at: Text = ""
    elapsed_ms: Duration = 0.0
    waited_s: Duration = 0.0
    request: SentRequest
    response: ReceivedResponse | None = None
    trouble: Text | None = None


def read(folder: Path) -> Record:
    """Read a run's results.json.

    Raises:
        RecordError: the file is missing, broken, or of a newer kit.

    """
    path = folder / RESULTS
    content = decoded(bytes_of(path), f"{path}")
    version = content.get("schema_version") if isinstance(content, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise RecordError(
            f"{path}: its schema_version is {version}, and this kit reads up to {SCHEMA_VERSION}; "
            "upgrade logout-conformance to read it"
        )
    return checked(Record, content, f"{path}")


def read_exchanges(folder: Path) -> Iterator[ExchangeLine]:
    """Read a run's exchanges.jsonl line by line.

    A last line without its end, as a killed run leaves it, ends the stream.

    Raises:
        RecordError: the file is missing, or a line of it is broken.

    """
    path = folder / EXCHANGES
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    return
                where = f"{path}, line {number}"
                yield checked(ExchangeLine, decoded(line, where), where)
    except OSError as error:
        raise unreadable(path, error) from None


def write(record: Record, folder: Path) -> Path:
    """Write results.json as strict UTF-8, whole or not at all; raises OSError where that cannot be done."""
    return write_whole(folder / RESULTS, [record.model_dump_json(indent=1), "\n"])
