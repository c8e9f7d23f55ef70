"""Training images: MNIST, Fashion-MNIST, synthetic drawings, augmentation."""
