"""What several rules share. Nothing in here is a rule."""
