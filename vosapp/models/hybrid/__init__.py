"""The network of our own: matching with all anchors, guided by the previous mask that optical flow has moved."""
