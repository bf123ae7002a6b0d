"""A server under test as its owner describes it: the target file, the flags, every value checked."""
