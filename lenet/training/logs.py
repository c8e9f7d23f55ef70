"""Reports as TensorBoard shows them."""

from collections.abc import Callable
from dataclasses import asdict

from lenet.errors import SketchpadError
from lenet.training.loop import Report
from lenet.training.settings import REPORTS_PER_EPOCH


def tensorboard_log(folder: str) -> Callable[[Report], None]:
    """A function that writes each report to TensorBoard's logs in `folder`.

    Raises:
        SketchpadError: TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise SketchpadError(
            "--tensorboard needs the package tensorboard. Install it with pip install tensorboard."
        ) from error
    writer: SummaryWriter | None = None

    def write(report: Report) -> None:
        nonlocal writer
        writer = writer or SummaryWriter(folder)  # only now: most processes of a run write none
        # TensorBoard counts whole steps: those are tenths of an epoch here.
        tenth = round(report.epoch * REPORTS_PER_EPOCH)
        for name, value in asdict(report).items():
            if value is not None and name != "epoch":
                writer.add_scalar(name, value, tenth)
        writer.flush()

    return write
