"""Traffic that others sent, kept and judged: what it leaves is the record of a run like any other."""
