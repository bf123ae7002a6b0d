"""The least that a run can cost: a bare requests.Session sends the same requests, and judges nothing.

python -m tests.bench.replay FILE BASE_URL
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import requests


def replay(requests_of: list[dict[str, object]], base_url: str) -> None:
    """Send the requests one after the other."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers.clear()
        for each in requests_of:
            headers = each["headers"]
            assert isinstance(headers, dict)
            session.request(
                str(each["method"]),
                base_url + str(each["path"]),
                headers=headers,
                data=str(each["body"]).encode("latin-1"),
                allow_redirects=False,
            )


if __name__ == "__main__":
    replay(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2])
