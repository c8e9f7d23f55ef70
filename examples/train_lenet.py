"""LeNet as in "Dive into Deep Learning", section 7.6: `python -m examples.train_lenet`."""

import torch
from torch.nn import functional as F

from lenet import PRESETS, LeNet
from lenet.datasets.datasets import FASHION_MNIST, Dataset, Split, load
from lenet.files import project_folder


@torch.no_grad()
def accuracy(model: LeNet, split: Split) -> float:
    """The share of images whose highest logit is that of their label."""
    answers = model(split.images / 255).logits.argmax(1)  # (N, 10) → (N,)
    return (answers == split.labels).float().mean().item()


def train(model: LeNet, dataset: Dataset, epochs: int, batch_size: int, rate: float) -> float:
    """Train with plain SGD, print a line an epoch, and return the accuracy on the test set."""
    images, labels = dataset.training.images, dataset.training.labels  # (N, 1, 28, 28), (N,)
    optimizer = torch.optim.SGD(model.parameters(), rate)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(len(labels)).split(batch_size):
            logits = model(images[batch] / 255).logits  # (B, 10)
            loss = F.cross_entropy(logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        validated = accuracy(model, dataset.validation)
        print(f"epoch {epoch}: loss {loss.item():.3f}, validation accuracy {validated:.1%}")
    return accuracy(model, dataset.test)


if __name__ == "__main__":
    torch.manual_seed(0)
    network = LeNet(PRESETS["classic"])  # sigmoid, average pooling
    clothes = load(project_folder() / "data", description=FASHION_MNIST)
    print(f"test accuracy {train(network, clothes, epochs=10, batch_size=256, rate=0.9):.1%}")
