"""Training of the network that proposes masks from clicks."""
