"""Writes that concern several apps: each calls the apps' own actions in one transaction."""
