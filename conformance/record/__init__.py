"""What a run leaves, results.json and exchanges.jsonl, and reads back: every report is made of it."""
