"""What people decide about one learner's program: exceptions, recognitions, milestones."""
