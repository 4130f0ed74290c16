"""The registrar's desk: the one ModelAdmin base and the admin site it stands on."""
