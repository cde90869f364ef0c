"""Feature networks: their tables and weights, their activations, and the way back from them."""
