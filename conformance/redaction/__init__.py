"""Secrets never reach an output, in whatever disguise a target echoes them."""
