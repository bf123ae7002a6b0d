"""The OpenAPI document is valid, carries the source's samples, and its schema refuses what the law refuses."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import openapi_spec_validator
import pytest
import schemathesis
import yaml

SPEC = Path(__file__).parents[2] / "spec"
PATH = "/api/v2/{serviceProvider}/logout/{mvpd}"

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

DOCUMENT: dict[str, Json] = yaml.safe_load((SPEC / "openapi.yaml").read_text("utf-8"))
LAW: dict[str, list[dict[str, str]]] = yaml.safe_load((SPEC / "requirements.yaml").read_text("utf-8"))


def part(*path: str) -> dict[str, Json]:
    node: Json = DOCUMENT
    for name in path:
        assert isinstance(node, dict)
        node = node[name]
    assert isinstance(node, dict)
    return node


def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    root = {"$ref": f"#/components/schemas/{schema}", "components": part("components")}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


def examples(answer: str) -> dict[str, Json]:
    named = part("components", "responses", answer, "content", "application/json", "examples")
    return {name: part_of(example, "value") for name, example in named.items()}


def part_of(node: Json, name: str) -> Json:
    assert isinstance(node, dict)
    return node[name]


def joined(node: Json) -> Iterator[str]:
    """Yield every requirement id that the document names."""
    if isinstance(node, dict):
        ids = node.get("x-requirements", [])
        assert isinstance(ids, list)
        yield from map(str, ids)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from joined(child)


def body(mvpd: str, **members: Json) -> Json:
    return {"logouts": {mvpd: {"mvpd": mvpd, **members}}}


def test_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    openapi_spec_validator.validate(DOCUMENT)


def test_schemathesis_reads_every_parameter() -> None:
    operation = schemathesis.openapi.from_path(SPEC / "openapi.yaml")[PATH]["GET"]
    assert {parameter.name for parameter in operation.iter_parameters()} == {
        "serviceProvider",
        "mvpd",
        "redirectUrl",
        "Authorization",  # of the security scheme
        "AP-Device-Identifier",
        "X-Device-Info",
        "X-Forwarded-For",
        "Adobe-Subject-Token",
        "AD-Service-Token",
        "Accept",
        "User-Agent",
    }


def test_version_is_that_of_the_requirements() -> None:
    assert part("info")["version"] == LAW["spec_version"]


def test_only_get_is_described_with_the_listed_statuses_and_429() -> None:
    assert part("paths", PATH).keys() == {"get"}
    assert part("paths", PATH, "get", "responses").keys() == {"200", "400", "401", "405", "429", "500"}


def test_answers_are_json_and_throttling_is_html() -> None:
    media = {name: set(part("components", "responses", name, "content")) for name in part("components", "responses")}
    assert media.pop("TooManyRequests") == {"text/html"}
    assert media.keys() == {"Success", "BadRequest", "Unauthorized", "MethodNotAllowed", "ServerError"}
    assert all(types == {"application/json"} for types in media.values())


@pytest.mark.parametrize(
    ("parameter", "name", "place", "required", "form"),
    [
        ("ServiceProvider", "serviceProvider", "path", True, None),
        ("Mvpd", "mvpd", "path", True, None),
        ("RedirectUrl", "redirectUrl", "query", True, "uri"),
        ("DeviceIdentifier", "AP-Device-Identifier", "header", True, "ap-device"),
        ("DeviceInfo", "X-Device-Info", "header", True, "device-info"),
        ("ForwardedFor", "X-Forwarded-For", "header", False, "ip-list"),
        ("SubjectToken", "Adobe-Subject-Token", "header", False, "jws"),
        ("ServiceToken", "AD-Service-Token", "header", False, "jws"),
        ("Accept", "Accept", "header", False, None),
        ("UserAgent", "User-Agent", "header", False, "user-agent"),
    ],
)
def test_parameter_is_described(parameter: str, name: str, place: str, form: str | None, *, required: bool) -> None:
    described = part("components", "parameters", parameter)
    assert (described["name"], described["in"], described.get("required", False)) == (name, place, required)
    assert described["description"]
    assert described.get("example") or described.get("examples")
    schema = part("components", "parameters", parameter, "schema")
    assert (schema["type"], schema.get("format")) == ("string", form)


@pytest.mark.parametrize("parameter", ["ServiceProvider", "Mvpd", "RedirectUrl", "DeviceIdentifier", "DeviceInfo"])
def test_required_parameter_is_not_empty(parameter: str) -> None:
    assert part("components", "parameters", parameter, "schema")["minLength"] == 1


def test_access_token_is_a_bearer_token_that_the_operation_asks_for() -> None:
    scheme = part("components", "securitySchemes", "accessToken")
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert part("paths", PATH, "get")["security"] == [{"accessToken": []}]


def test_no_header_has_a_pattern() -> None:
    """A pattern with a literal space keeps the generator from making a single valid request."""
    schemas = [part_of(parameter, "schema") for parameter in part("components", "parameters").values()]
    assert [schema for schema in schemas if isinstance(schema, dict) and "pattern" in schema] == []


def test_device_identifier_example_is_a_fingerprint_in_base64() -> None:
    kind, _, identifier = str(part("components", "parameters", "DeviceIdentifier")["example"]).partition(" ")
    assert kind == "fingerprint"
    assert base64.b64decode(identifier, validate=True) == b"ba23d141-d715-561c-94f4-e9e4c966b1eb"


def test_device_info_example_is_the_sample_made_valid() -> None:
    payload = json.loads(
        base64.b64decode(str(part("components", "parameters", "DeviceInfo")["example"]), validate=True)
    )
    assert payload == {
        "primaryHardwareType": "SetTopBox",
        "model": "TV 5th Gen",
        "version": "AppleTV5,3",
        "manufacturer": "Apple",
        "osName": "tvOS",
        "osVendor": "Apple",
        "osVersion": "11.0",
    }
    assert validator("DeviceInfo").is_valid(payload)


@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"version": None},
        {"osName": None},
        {"osVersion": None},
        {"osName": "tvos"},
        {"osName": "FreeBSD"},
        {"primaryHardwareType": "Fridge"},
    ],
)
def test_device_info_with_a_wrong_or_missing_value_is_refused(change: dict[str, str | None]) -> None:
    good = {"model": "TV", "version": "1", "osName": "tvOS", "osVersion": "11.0", "primaryHardwareType": "TV"}
    changed = {key: value for key, value in {**good, **change}.items() if value is not None}
    assert validator("DeviceInfo").is_valid(good)
    assert not validator("DeviceInfo").is_valid(changed)


@pytest.mark.parametrize(
    ("sample", "mvpd", "action_name", "action_type", "url"),
    [
        (
            "logout-endpoint",
            "Cablevision",
            "logout",
            "interactive",
            (
                "https://sp.auth.adobe.com/adobe-services/logout"
                "?noflash=true&mso_id=Cablevision&requestor_id=REF30&redirect_url=http%3A%2F%2Fadobe.com"
            ),
        ),
        ("no-logout-endpoint", "Dish", "complete", "none", None),
        (
            "service-token-sso",
            "Spectrum",
            "logout",
            "interactive",
            "/adobe-services/logout?requestor_id=REF30&mso_id=Spectrum&pt_device_id=c54fa2c80652b10abea58c....",
        ),
        (
            "platform-identity-sso",
            "Comcast_SSO",
            "logout",
            "interactive",
            "/adobe-services/logout?requestor_id=REF30&mso_id=Comcast_SSO&pt_device_id=c54fa2c80652b10abea58c....",
        ),
        ("apple-sso", "Cablevision", "partner_logout", "partner_interactive", None),
        ("degraded", "ATTOTT", "complete", "none", None),
        ("temporary-basic", "TempPass_5mins", "complete", "none", None),
    ],
)
def test_sample_of_the_source_is_a_named_example(
    sample: str, mvpd: str, action_name: str, action_type: str, url: str | None
) -> None:
    asked = part("components", "parameters", "Mvpd", "examples", sample)["value"]
    expected: dict[str, Json] = {"actionName": action_name, "actionType": action_type}
    assert asked == mvpd
    assert examples("Success")[sample] == body(mvpd, **expected, **({"url": url} if url else {}))


@pytest.mark.parametrize("example", sorted(examples("Success")))
def test_example_of_a_200_is_valid(example: str) -> None:
    assert validator("Logouts").is_valid(examples("Success")[example])


@pytest.mark.parametrize(
    ("answer", "status"), [("BadRequest", 400), ("Unauthorized", 401), ("MethodNotAllowed", 405), ("ServerError", 500)]
)
def test_examples_of_an_error_are_valid_and_say_its_status(answer: str, status: int) -> None:
    assert examples(answer)
    for example in examples(answer).values():
        assert validator("EnhancedError").is_valid(example)
        assert part_of(example, "status") == status


def test_tokens_are_fakes() -> None:
    text = (SPEC / "openapi.yaml").read_text("utf-8")
    tokens = set(re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", text))
    assert [base64.urlsafe_b64decode(token.split(".")[2] + "==") for token in tokens] == [b"fake-signature"]


URL = "https://example.com/bye"


@pytest.mark.parametrize(
    "good",
    [
        body("A", actionName="logout", actionType="interactive", url=URL),
        body("A", actionName="logout", actionType="interactive", url="/logout?x=1"),
        body("A", actionName="logout", actionType="interactive", url="logout"),
        body("A", actionName="logout", actionType="interactive", url=URL, extra={"more": [1]}),
        body("A", actionName="partner_logout", actionType="partner_interactive"),
        body("A", actionName="partner_logout", actionType="partner_interactive", url=URL),
        body("A", actionName="complete", actionType="none", extra=None),
        body("A", actionName="invalid", actionType="none"),
        body("Télé Süd 日本", actionName="complete", actionType="none"),
        {"logouts": {"A": {"mvpd": "A", "actionName": "invalid", "actionType": "none"}}, "extra": 1},
        {
            "logouts": {
                "A": {"mvpd": "A", "actionName": "invalid", "actionType": "none"},
                "B": {"mvpd": "B", "actionName": "logout", "actionType": "interactive", "url": URL},
            }
        },
    ],
)
def test_right_body_is_accepted(good: Json) -> None:
    assert validator("Logouts").is_valid(good)


@pytest.mark.parametrize(
    ("action_name", "action_type"),
    [
        ("logout", "partner_interactive"),
        ("logout", "none"),
        ("logout", None),
        ("partner_logout", "interactive"),
        ("partner_logout", "none"),
        ("complete", "interactive"),
        ("complete", "partner_interactive"),
        ("complete", "NONE"),
        ("complete", None),
        ("invalid", "interactive"),
        ("invalid", "partner_interactive"),
        ("Complete", "none"),
        ("done", "none"),
        (None, "none"),
    ],
)
def test_wrong_pair_is_refused(action_name: str | None, action_type: str | None) -> None:
    url: dict[str, Json] = {"url": URL} if action_name == "logout" else {}
    assert not validator("Logouts").is_valid(body("A", actionName=action_name, actionType=action_type, **url))


@pytest.mark.parametrize("url", [None, "", 7, [URL], {"href": URL}, "/a b", "/ä", "http://[::1/", "/%zz"])
def test_wrong_url_with_logout_is_refused(url: Json) -> None:
    assert not validator("Logouts").is_valid(body("A", actionName="logout", actionType="interactive", url=url))


def test_logout_without_url_is_refused() -> None:
    assert not validator("Logouts").is_valid(body("A", actionName="logout", actionType="interactive"))


@pytest.mark.parametrize("url", [None, 7, "/a b"])
def test_wrong_url_with_partner_logout_is_refused(url: Json) -> None:
    wrong = body("A", actionName="partner_logout", actionType="partner_interactive", url=url)
    assert not validator("Logouts").is_valid(wrong)


@pytest.mark.parametrize("action", ["complete", "invalid"])
@pytest.mark.parametrize("url", [URL, "/logout", "", None])
def test_any_url_where_nothing_is_left_to_do_is_refused(action: str, url: str | None) -> None:
    assert not validator("Logouts").is_valid(body("A", actionName=action, actionType="none", url=url))


@pytest.mark.parametrize(
    "bad",
    [
        {"logouts": {"A": {"mvpd": "A", "actionType": "none"}}},
        {"logouts": {"A": {"mvpd": "A", "actionName": "complete"}}},
        {"logouts": {"A": {"actionName": "complete", "actionType": "none"}}},
        {"logouts": {"A": {"actionName": "complete", "actionType": "none", "mvpd": 1}}},
        {"logouts": {"A": []}},
        {"logouts": {"A": "complete"}},
        {"logouts": {"A": None}},
        {"logouts": [{"actionName": "complete", "actionType": "none", "mvpd": "A"}]},
        {"logouts": None},
        {"logouts": {}},
        {"Logouts": {"A": {"actionName": "complete", "actionType": "none", "mvpd": "A"}}},
        {"A": {"actionName": "complete", "actionType": "none", "mvpd": "A"}},
        {},
        [],
        None,
        '{"logouts": {"A": {"actionName": "complete", "actionType": "none", "mvpd": "A"}}}',
    ],
)
def test_wrong_shape_is_refused(bad: Json) -> None:
    assert not validator("Logouts").is_valid(bad)


@pytest.mark.parametrize(
    ("error", "valid"),
    [
        ({}, True),
        ({"action": "retry", "status": 500, "code": "a_code_of_tomorrow", "details": {"any": 1}}, True),
        ({"action": "explode"}, False),
        ({"status": "400"}, False),
        ({"code": 400}, False),
        ({"code": ""}, False),
        ({"message": None}, False),
        ({"helpUrl": "/help"}, False),
        ([], False),
        ("error", False),
    ],
)
def test_enhanced_error_is_told_from_other_bodies(error: Json, *, valid: bool) -> None:
    assert validator("EnhancedError").is_valid(error) == valid


def test_document_names_existing_requirements_only() -> None:
    assert set(joined(DOCUMENT)) - {row["id"] for row in LAW["requirements"]} == set()


def test_every_requirement_of_a_server_has_its_place_in_the_document() -> None:
    servers = {row["id"] for row in LAW["requirements"] if row["subject"] == "server"}
    assert servers - set(joined(DOCUMENT)) == set()
