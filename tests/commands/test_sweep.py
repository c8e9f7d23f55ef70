from pathlib import Path

import pytest

from lenet.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "A sweep needs --vary, as in --vary kernel=1..10."),
        ("--vary colour=1..3", "--vary must name one of convolutions, channels, kernel"),
        ("--vary kernel", "whole numbers"),
        ("--vary kernel=", "whole numbers"),
        ("--vary kernel=1,,3", "whole numbers"),
        ("--vary kernel=1..2..3", "whole numbers"),
        ("--vary kernel=-1", "whole numbers"),
        ("--vary kernel=2.5", "whole numbers"),
        ("--vary kernel=5..1", "Put the smaller number first."),
        ("--vary activation=relu,gelu", "--vary activation takes sigmoid or relu or tanh"),
        ("--vary activation=1..3", "--vary activation takes sigmoid or relu or tanh"),
        ("--vary padding=full", "or half"),
        ("--vary learning-rate=1.2.3", "numbers"),
        ("--vary learning-rate=0.1,0", "--lr must be between 1e-12 and 1,000, got 0.0."),
        ("--vary epochs=0..3", "--epochs must be between 1 and 10,000, got 0."),
        ("--vary kernel=1..3 --vary kernel=5", "appears more than once"),
        ("--vary kernel=1..99999999", "at most 10,000 runs, got 99,999,999"),
        ("--vary kernel=1..3 --seeds 0", "--seeds must be between 1 and 1,000, got 0."),
        ("--vary kernel=1..3 --batch-size 0", "--batch-size must be between"),
        ("--named mine", "--named must be one of d2l-kernels"),
        ("--vary kernel=1 --recipe fast", "--recipe must be one of standard"),
        ("--vary kernel=1 --plot loss", "--plot must be validation or test"),
    ],
)
def test_invalid_options_are_rejected_before_any_work(
    arguments: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def load(*_: object) -> None:
        raise AssertionError("work has started")

    monkeypatch.setattr("lenet.datasets.datasets.load", load)
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", *arguments.split()]) == 1
    message = capsys.readouterr().err
    assert words in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
