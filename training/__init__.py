"""How the networks that ship with the project were made."""
