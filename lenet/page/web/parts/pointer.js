/** @import { Point } from "../types" */

/**
 * @typedef {object} Pen
 * @property {() => boolean} isDown
 * @property {(point: Point, time: number) => void} begin
 * @property {(points: Point[], time: number) => void} extend
 * @property {() => void} end
 * @property {() => void} cancel takes the stroke back
 * @property {() => void} clear
 */

/**
 * Draws with one pointer at a time: mouse, pen or finger. A pen takes over from a touch, which was a
 * resting palm.
 * @param {HTMLElement} pad
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {() => void} taken is called when a pointer comes down
 */
export function drawByPointer(pad, canvas, pen, taken) {
  /** @type {{ id: number, type: string } | null} */
  let pointer = null;

  /** @type {(event: PointerEvent) => Point} */
  function position(event) {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const palm = pointer?.type === "touch" && event.pointerType === "pen";
    if (pointer && !palm) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    taken();
    if (palm) pen.cancel();
    pointer = { id: event.pointerId, type: event.pointerType };
    pad.setPointerCapture(pointer.id);
    pen.begin(position(event), event.timeStamp);
  });

  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer?.id) return;
    // Between two frames the pen may have been in several places.
    const events = event.getCoalescedEvents?.() ?? [];
    pen.extend((events.length ? events : [event]).map(position), event.timeStamp);
  });

  pad.addEventListener("pointercancel", (event) => {
    if (event.pointerId !== pointer?.id) return;
    // The system says that this touch was none.
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
