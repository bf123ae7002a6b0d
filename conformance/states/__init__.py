"""How a target is put into a state before a request, by a state handler or none, and who gives its tokens."""
