"""What every page is made with: templates that escape, the kit's own style and script, hashes for a page's policy."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


def environment() -> Environment:
    """Make an environment for the templates beside this module, in which foreign text is always escaped."""
    return Environment(
        loader=PackageLoader("conformance.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def own(name: str) -> Markup:
    """Give a style or a script that stands among the templates."""
    content = resources.files("conformance.report").joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(content)  # noqa: S704  (the kit's own file)


def hash_of(content: str) -> str:
    """Give the source expression by which a Content-Security-Policy allows this content and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def policy_without_script(style: str) -> str:
    """Give the Content-Security-Policy of a page that loads nothing, runs nothing and has this style."""
    return f"default-src 'none'; style-src {hash_of(style)}; img-src data:; base-uri 'none'; form-action 'none'"


def still_page(
    template: str, styles: Iterable[str], filters: Mapping[str, Callable[..., object]], **context: object
) -> Iterator[str]:
    """Give a page that loads nothing and runs nothing, piece by piece; `styles` stand among the templates."""
    style = Markup().join(map(own, styles))
    made = environment()
    made.filters.update(filters)
    yield from made.get_template(template).generate(style=style, policy=policy_without_script(style), **context)


def _finalized(value: object) -> object:
    # so that no expression of a template can forget it; Markup is what the templates and seen() have made
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
