"""The network that proposes a mask from clicks."""
