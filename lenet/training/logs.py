"""Write reports for TensorBoard."""

from collections.abc import Callable
from dataclasses import asdict

from lenet.errors import SketchpadError
from lenet.training.loop import Report
from lenet.training.settings import REPORTS_PER_EPOCH


def tensorboard_log(folder: str) -> Callable[[Report], None]:
    """A function that writes a report to TensorBoard logs in `folder`.

    Raises:
        SketchpadError: TensorBoard is not installed; later, that a report can't be written.
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
        # TensorBoard counts in whole steps; here a step is a tenth of an epoch.
        tenth = round(report.epoch * REPORTS_PER_EPOCH)
        try:
            writer = writer or SummaryWriter(folder)  # late: only the first process writes
            for name, value in asdict(report).items():
                if value is not None and name != "epoch":
                    writer.add_scalar(name, value, tenth)
            writer.flush()
        except OSError as error:
            raise SketchpadError(
                f"The TensorBoard log can't be written to {folder} ({error.strerror or error}). "
                "Free some space or choose a different folder."
            ) from error

    return write
