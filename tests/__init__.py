# Every package of ours, from the cellar to the roof.
PACKAGES = ("core", "accounts", "competencies", "assessments", "programs", "credentials", "portal", "config")
