"""Select: the mask of an object on one frame from clicks, a box or strokes."""
