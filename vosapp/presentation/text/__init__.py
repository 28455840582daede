"""Wording: sentences and numbers for the screen."""
