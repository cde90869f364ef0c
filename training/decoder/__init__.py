"""How the decoder was made, by which any painting's style comes at once."""
