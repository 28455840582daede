"""The demo shot: its renderer and its files."""
