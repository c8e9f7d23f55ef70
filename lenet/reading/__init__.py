"""What a network makes of a drawing."""
