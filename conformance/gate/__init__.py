"""The gate of a nightly run: a file of known failures, and what it makes of a record."""
