"""Every faulty client."""

from tests.client import afterwards, asking  # noqa: F401  (they enter themselves)
from tests.client.registry import FAULTS

__all__ = ["FAULTS"]
