"""LeNet itself: configuration, layers, checkpoints, summary."""
