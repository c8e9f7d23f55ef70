import { bytes } from "../core/bytes.js";

/** @import { Point, Sketch } from "../types" */

/**
 * A canvas of white ink on a transparent background.
 * @param {string} base64 a square, one byte per pixel
 */
export function inkCanvas(base64) {
  const levels = bytes(base64);
  const side = Math.sqrt(levels.length);
  const image = new ImageData(side, side);
  image.data.fill(255);
  levels.forEach((level, i) => {
    image.data[4 * i + 3] = level;
  });
  const ink = document.createElement("canvas");
  ink.width = ink.height = side;
  ink.getContext("2d")?.putImageData(image, 0, 0);
  return ink;
}

/**
 * Returns a function that paints a sketch on the canvas; it unpacks a picture only once.
 * @param {HTMLCanvasElement} canvas
 * @param {number} penWidth as a share of the side
 */
export function makePainter(canvas, penWidth) {
  const pen = canvas.getContext("2d");
  /** @type {{ picture: string, ink: HTMLCanvasElement } | null} */
  let unpacked = null;

  /** @param {Sketch} sketch */
  return ({ strokes, picture }) => {
    if (!pen) return;
    const side = canvas.width;
    pen.clearRect(0, 0, side, side);
    if (picture) {
      if (unpacked?.picture !== picture) unpacked = { picture, ink: inkCanvas(picture) };
      pen.imageSmoothingQuality = "high";
      pen.drawImage(unpacked.ink, 0, 0, side, side);
    }
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = "#fff";
    pen.lineWidth = penWidth * side;
    for (const points of strokes) paintStroke(pen, points, side);
  };
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Point[]} points
 * @param {number} side
 */
function paintStroke(pen, points, side) {
  const [x, y] = points[0];
  // Draw each stroke as one path: the soft edges of separate segments would add up to beads.
  pen.beginPath();
  if (points.every((point) => point[0] === x && point[1] === y)) {
    // Browsers don't paint a line of length 0.
    pen.arc(x * side, y * side, pen.lineWidth / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  pen.moveTo(x * side, y * side);
  for (const point of points) pen.lineTo(point[0] * side, point[1] * side);
  pen.stroke();
}
