"""A record that is handed on: packed into one file, signed, and judged again by whoever doubts it."""
