"""Read drawings with a network: prediction, calibration, comparison."""
