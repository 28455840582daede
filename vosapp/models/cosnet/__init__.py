"""COSNet: the primary object of a shot by co-attention between its frames (Lu et al., CVPR 2019)."""
