"""A TOML file that a person writes: read with its lines, checked, and what is wrong with it said in words."""
