/** @import { Point } from "../types" */

/**
 * @typedef {object} Pen
 * @property {() => boolean} isDown
 * @property {(point: Point, time: number) => void} begin
 * @property {(points: Point[], time: number) => void} extend
 * @property {() => void} end
 * @property {() => void} cancel removes the stroke
 * @property {() => void} clear
 */

/**
 * Draws with one pointer at a time: mouse, pen or finger. A pen overrides a touch, which must be a
 * resting palm.
 * @param {HTMLElement} pad
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {() => void} onDown is called when a pointer starts to draw
 */
export function drawByPointer(pad, canvas, pen, onDown) {
  /** @type {{ id: number, type: string } | null} */
  let pointer = null;

  /** @type {(events: PointerEvent[]) => Point[]} */
  function positions(events) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return events.map(({ clientX, clientY }) => [
      (clientX - left) / width,
      (clientY - top) / height,
    ]);
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const palm = pointer?.type === "touch" && event.pointerType === "pen";
    if (pointer && !palm) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    onDown();
    if (palm) pen.cancel();
    pointer = { id: event.pointerId, type: event.pointerType };
    pad.setPointerCapture(pointer.id);
    pen.begin(positions([event])[0], event.timeStamp);
  });

  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer?.id) return;
    // The pen may have passed several positions since the last frame.
    const events = event.getCoalescedEvents?.() ?? [];
    pen.extend(positions(events.length ? events : [event]), event.timeStamp);
  });

  pad.addEventListener("pointercancel", (event) => {
    if (event.pointerId !== pointer?.id) return;
    // The system has reinterpreted the touch, for example as a gesture.
    if (pointer.type === "touch") pen.cancel();
  });

  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
    pad.addEventListener(name, (event) => {
      if (event.pointerId !== pointer?.id) return;
      pointer = null;
      pen.end();
    });
  }

  return { isDown: () => pointer !== null };
}
