"""One run: what it is asked to do, what it holds while it goes on, and the verdict at its end."""
