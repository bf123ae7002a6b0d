"""The seam to pytest: its items as the kit's cases, its session as a run, its workers as parts of one."""
