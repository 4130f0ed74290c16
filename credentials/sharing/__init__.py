"""What learners share with whom: grants, disclosures, withdrawal."""
