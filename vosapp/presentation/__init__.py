"""Presentation: what the window shows and allows, as values and pure functions."""
