"""Masks of files: images and sequences of numbers, shades or alphas, and what is meant by them."""
