"""Animated shapes as files of other programs: one writer a program, each from a `ShapeClip` to text."""
