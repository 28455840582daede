"""A-GAME: a generative appearance model beside mask propagation (Johnander et al., CVPR 2019)."""
