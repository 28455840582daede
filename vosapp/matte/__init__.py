"""Mattes: alpha from masks, settings and pictures."""
