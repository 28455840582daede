"""What the timeline shows: lanes of frames, and their scale in pixels."""
