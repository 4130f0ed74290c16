"""What can be studied: programs, versions, requirement trees, and what they award."""
