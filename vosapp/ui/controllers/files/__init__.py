"""Controllers of what is open and where it is kept: clips, projects, media that moved."""
