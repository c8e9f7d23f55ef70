// What crosses a boundary: between modules, and between the browser and Python.

/** A place on the pad, from [0, 0] in the upper left corner to [1, 1]. */
export type Point = [number, number];
export type Stroke = Point[];

/** What is on a pad. `picture` is a square of ink, one byte a pixel, in base64. */
export interface Sketch {
  strokes: Stroke[];
  picture: string | null;
}

/** What Python knows and the page must know, too: `facts` in lenet/page/answers.py. */
export interface Facts {
  penWidth: number;
  maxPoints: number;
  maxUploadBytes: number;
  sizeFormula: string;
  views: number;
  filmStrip: string;
}

/** Maps as bytes in base64: 0 to 255 from the lowest to the highest value of `range`. */
export interface Packed {
  shape: [count: number, height: number, width: number];
  range: [low: number, high: number];
  data: string;
}

/** The maps of one convolution. */
export interface Layer extends Packed {
  name: string;
}

export interface Verdict {
  state: "digit" | "not a digit" | "blank";
  label: string | null;
}

export interface Answer extends Verdict {
  sentence: string;
  input: Packed;
}

export interface Frame extends Verdict, Packed {
  step: string;
  nearest: string;
  confidence: number;
}

/** What the network makes of the sketch on the tab Draw. `strip` comes while it is open. */
export interface Reading extends Answer {
  labels: string[];
  probabilities: number[];
  maps: Layer[];
  strip?: Frame[];
  /** When the newest ink of the sketch met the pad, as an event's time stamp. */
  inkTime: number;
}

/** One layer of two inputs, the maps that differ most first. */
export interface Difference {
  name: string;
  maps: number[];
  distances: number[];
  a: Packed;
  b: Packed;
  difference: Packed;
}

export interface Comparison {
  a: Answer;
  b: Answer;
  layers: Difference[];
}

/** A k×k window over n×n pixels in steps of s; p counts the padding of both sides. */
export interface Window {
  n: number;
  k: number;
  p: number;
  s: number;
}

export interface LayerRow {
  name: string;
  description: string;
  shape: number[];
  parameters: number;
  multiplications: number;
  receptive_field: number;
  window: Window | null;
  formula: string;
}

/** A network layer by layer; `picture` is an SVG. */
export interface LayerTable {
  layers: LayerRow[];
  parameters: number;
  multiplications: number;
  picture: string;
}

/** A step on the way to the network: its name, its name when it is left out, its caption. */
export interface Step {
  step: string;
  skip: string;
  caption: string;
}

/** What a network reads: `digits` if its classes are the ten digits; `examples` are test images. */
export interface Inputs {
  labels: string[];
  digits: boolean;
  examples: string[][];
  steps: Step[];
}

/** The network that is chosen in the menu. */
export interface Network extends Inputs {
  name: string;
}

export interface MenuEntry {
  name: string;
  title: string;
}

export interface Failure {
  error: string;
}

/** A call that got lost on the way answers nothing. */
export type Call<Request, Result> = (request: Request) => Promise<Result | Failure | undefined>;

/** The functions of lenet/page/server.py. */
export interface Server {
  models: Call<object, { models: MenuEntry[]; folder: string }>;
  inputs: Call<string, Inputs>;
  read_sketch: Call<Sketch & { model: string; skip: string[] | null }, Reading>;
  compare: Call<{ model: string; a: Sketch; b: Sketch }, Comparison>;
  network: Call<{ model: string }, LayerTable>;
  open_file: Call<{ name: string; data: string }, { picture: string }>;
}

/** What all views share. */
export interface Shared {
  facts: Facts;
  server: Server;
  network: Network | null;
  /** The id of the open view. */
  view: string;
  /** What is on the pad of the tab Draw. */
  sketch: Sketch;
  /** The inputs A and B of the tab Compare. */
  pair: [Sketch, Sketch];
  /** Steps that the film-strip leaves out; null while it is closed. */
  skip: string[] | null;
  /** What the open view was answered last. */
  reading: unknown;
  /** What keeps the page from reading; empty if nothing does. */
  problem: string;
}

export interface Store {
  get<Key extends keyof Shared>(key: Key): Shared[Key];
  set(changes: Partial<Shared>): void;
  /** Calls `listener` after any of `keys` has changed; returns what ends that. */
  subscribe(keys: (keyof Shared)[], listener: () => void): () => void;
}

/** A view that is mounted. */
export interface Mounted {
  /** Asks for what the view shows of the current state. */
  read(network: Network): Promise<unknown>;
  /** Shows an answer of `read`; called only while the view is open. */
  // biome-ignore lint/suspicious/noExplicitAny: every view has answers of its own kind
  show(reading: any): void;
  close(): void;
}

/** A tab of the page: a module in views/, listed in views/index.js. */
export interface View {
  id: string;
  title: string;
  /** The line under the page's title. */
  invitation(network: Network): string;
  /** Whether the view has something to show of this network. */
  fits(network: Network): boolean;
  mount(panel: HTMLElement, state: Store): Mounted;
}
