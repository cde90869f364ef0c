"""Moving pictures: clips read, painted so that strokes stay with what they are on, and written."""
