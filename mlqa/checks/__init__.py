"""One question per file, a Verdict out. Level 3: never prints, never writes, never raises on failure."""
