"""The picture: frame, overlay, tools."""
