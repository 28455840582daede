"""The only package that imports PyAV: decoding files and writing them."""
