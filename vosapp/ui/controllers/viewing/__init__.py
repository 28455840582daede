"""Controllers of what is looked at: picture, playhead, view modes and comparisons."""
