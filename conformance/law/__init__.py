"""The law as the kit reads it: the requirements, the scenarios and their right answers."""
