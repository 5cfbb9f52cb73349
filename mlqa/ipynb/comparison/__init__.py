"""Two lists of outputs of a cell compared, kind by kind. Level 3: knows neither pytest nor a kernel."""
