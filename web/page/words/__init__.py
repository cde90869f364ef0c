"""The page in other languages: a catalogue for each, and the list that one is chosen from."""
