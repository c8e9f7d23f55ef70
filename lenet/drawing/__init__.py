"""From a hand or a picture to network input."""
