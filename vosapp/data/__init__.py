"""Clips with ground truth and clips made by our own code."""
