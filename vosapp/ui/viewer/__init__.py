"""Viewer widgets: picture, overlay and pen."""
