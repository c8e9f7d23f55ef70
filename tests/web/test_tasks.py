"""Tasks run in a worker, or in slices if there is none, and can be aborted."""

from typing import Any

import pytest

from tests.support import ROOT
from tests.web.conftest import Run, packed_checkpoint

pytestmark = pytest.mark.browser

SETUP = """
const { readCheckpoint } = await import("/core/checkpoint.js");
const { Predictor } = await import("/core/reading.js");
const { NO_EDITS, toggleMuted } = await import("/core/edits.js");
const { SketchpadError } = await import("/core/errors.js");
const { makeTasks, workerAt, isAbort } = await import("/core/workers.js");
const { bytes } = await import("/core/bytes.js");
const { config, weights } = argument.checkpoint;
const network = { predictor: new Predictor(readCheckpoint(config, bytes(weights).buffer)) };
const count = 400;
const images = {
  levels: new Uint8Array(784 * count).map((_, i) => (i * 7919) % 256),
  truths: Array.from({ length: count }, (_, i) => i % 10),
};
const START = {
  worker: () => workerAt(new URL(URL.createObjectURL(new Blob(
    [`import { work } from "${location.origin}/worker.js"; work();`],
    { type: "text/javascript" })))),
  throws: () => { throw new DOMException("not here", "SecurityError"); },
  missing: () => workerAt(new URL("/no-worker.js", location.href)),
};
let started = 0;
const start = () => { started++; return START[argument.start](); };
const tasks = makeTasks(start);
const evaluate = (edits = NO_EDITS, options) =>
  tasks.run("evaluate", network, edits, images, options);
"""
STARTS = ["worker", "throws", "missing"]


@pytest.fixture(scope="module")
def checkpoint() -> dict[str, str]:
    return packed_checkpoint(ROOT / "checkpoints" / "mnist-relu")


def run_tasks(run: Run, checkpoint: dict[str, str], start: str, body: str) -> Any:
    return run(SETUP + body, {"checkpoint": checkpoint, "start": start})


@pytest.mark.parametrize("start", STARTS)
def test_a_task_reports_progress_and_its_result(
    run: Run, checkpoint: dict[str, str], start: str
) -> None:
    body = """
    const seen = [];
    const onProgress = ({ done, total }) => seen.push([done, total]);
    const result = await evaluate(NO_EDITS, { onProgress });
    return [seen, result.answers.length, started];
    """
    seen, answers, started = run_tasks(run, checkpoint, start, body)
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {400}
    assert (answers, started) == (400, 1)


@pytest.mark.parametrize("start", STARTS)
def test_a_task_uses_the_edits(run: Run, checkpoint: dict[str, str], start: str) -> None:
    body = """
    const edits = [0, 1, 2, 3, 4].reduce((all, map) => toggleMuted(all, "C1", map), NO_EDITS);
    const muted = new Predictor(network.predictor.checkpoint, edits.muted);
    const { imageAt } = await import("/core/evaluation.js");
    const expected = images.truths.map((_, i) =>
      muted.readInput(imageAt(images.levels, i)).label ?? "10");
    const { answers } = await evaluate(edits);
    return [answers.map(String), expected];
    """
    found, expected = run_tasks(run, checkpoint, start, body)
    assert found == expected


@pytest.mark.parametrize("start", STARTS)
def test_a_new_run_aborts_the_previous_one(
    run: Run, checkpoint: dict[str, str], start: str
) -> None:
    body = """
    const outer = new AbortController();
    const results = await Promise.allSettled([
      evaluate(), evaluate(NO_EDITS, { signal: outer.signal, onProgress: () => outer.abort() }),
      tasks.run("rank", network, NO_EDITS,
        { input: { height: 28, width: 28, data: new Float32Array(784) }, penalty: 0 }),
    ]);
    const third = evaluate();
    const late = evaluate(NO_EDITS, { signal: outer.signal });
    results.push(...(await Promise.allSettled([third, late])));
    return results.map(({ status, reason }) => [status, isAbort(reason)]);
    """
    results = run_tasks(run, checkpoint, start, body)
    aborted = ["rejected", True]
    assert results == [aborted, aborted, ["fulfilled", False], aborted, aborted]


@pytest.mark.parametrize("start", STARTS)
def test_tasks_can_be_stopped(run: Run, checkpoint: dict[str, str], start: str) -> None:
    body = """
    const task = evaluate(NO_EDITS, { onProgress: () => tasks.stop() });
    const next = await task.catch((error) => isAbort(error) && evaluate());
    return next.answers.length;
    """
    assert run_tasks(run, checkpoint, start, body) == 400


@pytest.mark.parametrize("start", STARTS)
def test_nothing_runs_after_the_page_is_closed(
    run: Run, checkpoint: dict[str, str], start: str
) -> None:
    body = """
    let calls = 0;
    const task = evaluate(NO_EDITS, { onProgress: () => { calls++; tasks.close(); } });
    const aborted = await task.catch(isAbort);
    const before = calls;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return [aborted, before, calls];
    """
    assert run_tasks(run, checkpoint, start, body) == [True, 1, 1]


@pytest.mark.parametrize("start", ["worker", "throws"])
def test_an_error_in_a_task_is_reported(run: Run, checkpoint: dict[str, str], start: str) -> None:
    body = """
    const error = await tasks.run("evaluate", network, NO_EDITS, { truths: [0] }).catch((e) => e);
    const { answers } = await evaluate();
    return [error instanceof Error, isAbort(error), answers.length];
    """
    assert run_tasks(run, checkpoint, start, body) == [True, False, 400]


def test_the_page_stays_responsive_without_a_worker(run: Run, checkpoint: dict[str, str]) -> None:
    body = """
    let turns = 0, done = false;
    const beat = () => {
      turns++;
      if (!done) setTimeout(beat);
    };
    beat();
    await evaluate();
    done = true;
    return turns;
    """
    assert run_tasks(run, checkpoint, "throws", body) > 10
