"""What is done with this project by hand."""
