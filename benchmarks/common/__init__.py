"""What the benchmarks share: pictures, references, and what is measured beside each other."""
