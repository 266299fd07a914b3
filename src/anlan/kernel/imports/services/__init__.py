"""What is done with a batch, named by its verb."""
