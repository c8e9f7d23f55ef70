// A pad to draw on by pointer or keyboard, or to show a picture on.
//
//   pointer or keys → drawing → onChange()
//
// Data flows in one direction, and the drawing is the only state.

import { MAX_POINTS, PEN_WIDTH } from "../core/ink.js";
import { BLANK, Drawing } from "../core/sketch.js";
import { text } from "../core/texts.js";
import { find } from "./dom.js";
import { Painter } from "./ink.js";
import { drawByKeys } from "./keys.js";
import { drawByPointer } from "./pointer.js";

/** @import { Point, Sketch } from "../types" */
/** @typedef {ReturnType<typeof makePad>} Pad */

/**
 * @param {object} options
 * @param {HTMLElement} options.root contains the pad and its tools
 * @param {() => void} options.onChange is called after every change of the sketch
 * @param {(text: string) => void} options.note shows a message, or hides it if the text is empty
 * @param {Sketch} [options.sketch] on the pad at first
 * @param {number} [options.maxPoints]
 */
export function makePad({ root, onChange, note, sketch, maxPoints = MAX_POINTS }) {
  const pad = find(root, ".pad");
  const canvas = find(pad, "canvas", HTMLCanvasElement);
  const drawing = new Drawing(maxPoints, sketch);
  const painter = new Painter(canvas, PEN_WIDTH);
  let inkTime = 0;

  function update() {
    note(drawing.isFull ? text("pad.full") : "");
    painter.paint(drawing.sketch);
    onChange();
  }

  /** The pen that pointers and keys control; times are event time stamps. */
  const pen = {
    isDown: () => drawing.isDrawing,
    /** @type {(point: Point, time: number) => void} */
    begin(point, time) {
      inkTime = time;
      drawing.begin(point);
      update();
    },
    /** @type {(points: Point[], time: number) => void} */
    extend(points, time) {
      inkTime = time;
      if (drawing.extend(points)) update();
    },
    end: () => drawing.end(),
    cancel() {
      drawing.cancel();
      update();
    },
    clear,
  };

  /** Makes a sketch other than BLANK, which an example may replace. */
  function clear() {
    startFrom({ ...BLANK });
  }

  /** @param {Sketch} next */
  function startFrom(next) {
    drawing.replace(next);
    update();
  }

  function undo() {
    if (drawing.undo()) update();
  }

  const pointer = drawByPointer(pad, canvas, pen, () => keys.lift());
  const keys = drawByKeys(pad, find(pad, ".cursor"), pen, pointer.isDown);

  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) {
      return;
    }
    event.preventDefault();
    if (!pointer.isDown()) drawing.end();
    undo();
  });
  find(root, "[name=clear]").addEventListener("click", () => {
    if (!drawing.isDrawing) clear();
  });
  find(root, "[name=undo]").addEventListener("click", undo);

  const resizing = new ResizeObserver(() => {
    const side = Math.round(pad.clientWidth * devicePixelRatio);
    // The side is 0 while the tab is closed. A new canvas is 300 wide, but not as high.
    if (!side || (canvas.width === side && canvas.height === side)) return;
    canvas.width = canvas.height = side;
    painter.paint(drawing.sketch);
  });
  resizing.observe(pad);

  return {
    sketch: () => drawing.sketch,
    /** When the newest ink was drawn, as an event time stamp. */
    inkTime: () => inkTime,
    startFrom,
    /**
     * Shows an example if nothing has been drawn yet.
     * @param {Sketch} example
     */
    showExample(example) {
      if (!drawing.showExample(example)) return;
      painter.paint(example);
      onChange();
    },
    close() {
      resizing.disconnect();
      painter.stop();
    },
  };
}
