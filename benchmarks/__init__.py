"""Measurements of LeNet Sketchpad; each prints what it measured and next to what."""
