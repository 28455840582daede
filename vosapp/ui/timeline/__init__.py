"""Frames in time: playhead, coverage, anchors, doubt."""
