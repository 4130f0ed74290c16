"""What composes the apps: home pages, the desk's start page, search, export, erasure, demo, integrity."""
