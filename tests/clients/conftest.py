"""Clients and their recordings. `nox -s clients` runs all of it; the suite that everybody runs has no time for `long`."""

from __future__ import annotations

import os

IS_WHOLE = bool(os.environ.get("CLIENT_TESTS"))
collect_ignore_glob = [] if IS_WHOLE else ["long/test_*.py"]
