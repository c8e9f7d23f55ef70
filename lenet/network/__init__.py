"""What a LeNet is: its configuration, layers, checkpoints and summary."""
