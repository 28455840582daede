"""Parts that more than one network is made of."""
