"""Animated Bezier shapes from masks, for other programs to edit."""
