"""Many shots: job files, pieces of work for processes or machines, what survives a kill, the report."""
