"""Clients and recordings of them. `nox -s clients` runs all of it; the suite that everybody runs leaves `long` out."""

from __future__ import annotations

import os

collect_ignore_glob = [] if os.environ.get("CLIENT_TESTS") else ["long/test_*.py"]
