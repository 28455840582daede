"""RGMP: reference-guided mask propagation (Oh, Lee, Sunkavalli, Kim, CVPR 2018)."""
