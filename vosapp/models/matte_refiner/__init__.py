"""The matte refiner: alpha and foreground colour at an object's edge, from picture and mask."""
