"""Losses, recipes and the trainer."""
