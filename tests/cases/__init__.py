"""Footage and masks as they really come: every kind that was once read wrongly."""
