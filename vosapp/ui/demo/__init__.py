"""The demo: the main job played in the real window."""
