"""The second design of our own network: one tracker on a pretrained backbone, with what an object is learnt whole."""
