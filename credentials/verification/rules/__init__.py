"""The checks of a presented document, and the verdict that follows from them."""
