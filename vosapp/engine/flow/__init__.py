"""Engine `flow`: optical flow carries the masks, colour and edges repair them. Needs no weights."""
