"""The conformance kit of the TV Everywhere logout endpoint."""

__version__ = "0.1.0"
