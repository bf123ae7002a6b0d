"""What stands in the way of a verdict, found out before a run and with very few requests."""
