"""A client under test: its scenarios, the server that it meets, its process, and what it did there."""
