"""The learner's documents as pages."""
