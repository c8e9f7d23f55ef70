"""One training run: settings, loop, selection, checkpoint."""
