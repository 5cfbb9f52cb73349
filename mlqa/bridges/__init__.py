"""Other programs, each beside mlqa and never part of it; imported only when used."""
