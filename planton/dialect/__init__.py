"""What people write, brought to the one spelling and shape that the models read."""
