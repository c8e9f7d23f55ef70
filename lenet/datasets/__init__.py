"""Images to learn from: MNIST, Fashion-MNIST, synthetic drawings, distortion."""
