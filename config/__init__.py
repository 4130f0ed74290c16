"""How the monolith is assembled; importing this package starts nothing."""
