"""Masks and mattes to files: recipes, pre-flight, the export job, read-back, manifest."""
