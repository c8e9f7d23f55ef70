// The error whose message is shown to people: mirrors lenet/errors.py.

export class SketchpadError extends Error {}
