"""Controllers of what engines and networks do: runs, suggestions and their weights."""
