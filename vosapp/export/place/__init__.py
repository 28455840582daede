"""The place of an export: names, what already lies there, staging until all is whole, manifest."""
