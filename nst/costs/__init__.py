"""What a run takes: the one model of memory and seconds that everything asks."""
