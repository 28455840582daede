"""Suggested objects as the window shows them."""
