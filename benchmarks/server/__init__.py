"""How the app fares with visitors."""
