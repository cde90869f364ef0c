"""The middle floor: a run from files and values to files and progress, and what is kept of it."""
