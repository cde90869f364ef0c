"""The compact feature network, distilled from VGG19."""
