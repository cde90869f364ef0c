"""The network of the instant styles."""
