"""What the viewer shows: camera, layers, overlay, geometry of strokes."""
