"""How a target is put into a state before a request: the three kinds of state handler, and none; and who gives its tokens."""
