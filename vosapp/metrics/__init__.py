"""How good a mask is: region similarity J, contour accuracy F, decay, stability, matting errors."""
