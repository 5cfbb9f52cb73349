"""Arrays in, numbers out. Level 2: no tables, no files, no pytest."""
