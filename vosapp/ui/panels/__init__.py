"""Panels around the viewer: bars, objects, propagation, suggestions, messages, transport."""
