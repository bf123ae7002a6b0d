from __future__ import annotations

import re
import sys
import threading
from typing import TYPE_CHECKING, Final, cast

import pytest

from conformance.states.source import Provisioned, StateSource, Triple
from tests.asking import ANY, DEVICE, SECRET, SETUP, lack, refusal, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType


LATE: Final = "the state callable gave no answer within 0.1 s"


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., StateSource]:
    """Give a maker of sources from the body of a function `handle(asked)`."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    module = f"states_of_{tmp_path.name}"

    def made(body: str, name: str = "handle", **settings: object) -> StateSource:
        (tmp_path / f"{module}.py").write_text(f"import sys\ndef handle(asked):\n    {body}\n")
        return source(states={"python": f"{module}:{name}"}, folder=tmp_path, **settings)

    return made


def test_it_is_asked_with_a_dict_and_answers_with_one(python: Callable[..., StateSource]) -> None:
    states = python(f"assert asked == {SETUP!r}; return {{'mvpd': 'A', 'headers': {{'X': 'y'}}}}")
    assert states.setup("apple-sso", ANY) == Provisioned("REF30", "A", DEVICE, {"X": "y"})


@pytest.mark.parametrize("answer", ["None", "{}"])
def test_nothing_changes_nothing(answer: str, python: Callable[..., StateSource]) -> None:
    states = python(f"return {answer}")
    assert states.setup("apple-sso", Triple("REF30", "B", DEVICE)) == Provisioned("REF30", "B", DEVICE, {})


def test_one_call_after_another(python: Callable[..., StateSource]) -> None:
    states = python("return {'mvpd': asked['action']}", timeout_s=3)
    assert [states.setup("apple-sso", ANY).mvpd, states.setup("degraded", ANY).mvpd] == ["setup", "setup"]
    assert states.teardown("apple-sso", ANY) is None


def test_a_callable_inside_of_another(python: Callable[..., StateSource]) -> None:
    states = python("return {'mvpd': 'A'}\nclass Case:\n    handle = staticmethod(handle)", "Case.handle")
    assert states.setup("apple-sso", ANY).mvpd == "A"


def test_a_state_that_is_not_supported(python: Callable[..., StateSource]) -> None:
    assert lack(python("raise NotImplementedError")) == "the state callable does not support this state"


def test_the_reason_why_it_is_not(python: Callable[..., StateSource]) -> None:
    said = lack(python("raise NotImplementedError('no Apple here')"))
    assert said == "the state callable does not support this state: no Apple here"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return [('mvpd', 'A')]", "the state callable returned no dict but a list"),
        ("return 'A'", "the state callable returned no dict but a str"),
        ("raise LookupError('no\\nsuch \\x1b[31mstate')", r"raised LookupError: no such \x1b[31mstate"),
        ("raise KeyError", "the state callable raised KeyError"),
        ("sys.exit(3)", "the state callable raised SystemExit: 3"),
        ("raise KeyboardInterrupt", "the state callable raised KeyboardInterrupt"),
        ("return handle(asked)", "raised RecursionError: maximum recursion depth exceeded"),
        ("class E(Exception):\n        def __str__(): raise E\n    raise E", "the state callable raised E"),
        (f"raise ValueError('Bearer {SECRET}')", "raised ValueError: Bearer {{ACCESS_TOKEN}}"),
        ("raise ValueError('a' * 1000)", "raised ValueError: " + "a" * 300),
        ("return {'mvpd': 1}", 'the state handler\'s "mvpd" is no name'),
        ("return {'mvpd': 'A', 'headers': {1: 'x'}}", "name that no header may have"),
        ("return {1: 2}", "named no mvpd"),
        ("syntax error", "raised SyntaxError: "),
    ],
)
def test_anything_else_is_an_error(body: str, said: str, python: Callable[..., StateSource]) -> None:
    assert said in refusal(python(body))


@pytest.mark.parametrize("name", ["other", "handle.no", "sys"])
def test_a_name_that_is_no_callable(name: str, python: Callable[..., StateSource]) -> None:
    assert "the state callable raised " in refusal(python("pass", name))


def test_a_module_that_is_not_there() -> None:
    said = refusal(source(states={"python": "not_there:handle"}))
    assert said == "the state callable raised ModuleNotFoundError: No module named 'not_there'"


def test_no_answer_in_time_and_no_second_call_meanwhile(python: Callable[..., StateSource]) -> None:
    gate = threading.Event()
    sys.modules["gate_of_a_handler"] = cast("ModuleType", gate)
    states = python("import gate_of_a_handler as gate; gate.wait()", timeout_s=0.1)
    try:
        assert refusal(states) == LATE
        assert refusal(states) == f"{LATE}, and has not come back since"
        assert states.teardown("apple-sso", ANY) == f"{LATE}, and has not come back since"
    finally:
        gate.set()
        del sys.modules["gate_of_a_handler"]


def test_a_teardown_that_fails_is_told_and_not_raised(python: Callable[..., StateSource]) -> None:
    trouble = python("raise ValueError").teardown("apple-sso", ANY)
    assert trouble is not None
    assert re.fullmatch(r"the state callable raised ValueError \(\w+\.py, line \d+\)", trouble)
