"""The cases: one module for each part of the law, in the order in which a reader would check a server."""
