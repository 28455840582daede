"""Measures of masks: region similarity J, contour accuracy F, decay, stability, matting errors."""
