"""What was sent and what came back, made once for all cases that judge it."""
