"""Colour of pictures: tags, input spaces, and the way to the screen."""
