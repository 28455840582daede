"""Viewer values: camera, layers, overlay, strokes as pixels."""
