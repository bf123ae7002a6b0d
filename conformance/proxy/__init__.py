"""A recording reverse proxy: it passes every byte on as it came, and keeps what it saw."""
