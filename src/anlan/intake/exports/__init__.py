"""What the intake gives back as files: the assignment table and the opinion sheet."""
