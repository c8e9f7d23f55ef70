/** Input that can't be used. The message is for people: what is wrong, and what to do. */
export class SketchpadError extends Error {
  name = "SketchpadError";
}
