"""What one chooses a painting from: all styles on one's own photograph, chance, what was given."""
