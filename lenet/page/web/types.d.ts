// Types of values that cross a boundary between modules, or between the browser and Python.

/** A point on the pad, from [0, 0] in the upper left corner to [1, 1]. */
export type Point = [number, number];
export type Stroke = Point[];

/** The content of a pad. `picture` is a square of ink, one byte per pixel, in base64. */
export interface Sketch {
  strokes: Stroke[];
  picture: string | null;
}

/** An image, row by row. Ink is in [0, 1]: 0 where nothing is drawn. */
export interface Plane {
  height: number;
  width: number;
  data: Float32Array;
}

/** Facts that Python and the page share: `facts` in lenet/page/answers.py. */
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

/** The network's answer to the sketch on the tab Draw. `strip` is present while it is open. */
export interface Reading extends Answer {
  labels: string[];
  probabilities: number[];
  maps: Layer[];
  strip?: Frame[];
  /** When the newest ink of the sketch was drawn, as an event time stamp. */
  inkTime: number;
}

/** One layer for two inputs, largest difference first. */
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

/** A k×k window that moves over n×n pixels with stride s; p is the padding of both sides together. */
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

/** A step of the film-strip: its name, its name in a list of skipped steps, its caption. */
export interface Step {
  step: string;
  skip: string;
  caption: string;
}

/** A network's inputs. `digits`: whether its classes are the ten digits; `examples`: test images. */
export interface Inputs {
  labels: string[];
  digits: boolean;
  examples: string[][];
  steps: Step[];
}

/** The network selected in the menu. */
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

/** A call to the server; undefined if no answer arrived. */
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

/** The state that views share. */
export interface Shared {
  facts: Facts;
  server: Server;
  network: Network | null;
  /** The id of the open view. */
  view: string;
  /** The sketch on the pad of the tab Draw. */
  sketch: Sketch;
  /** The inputs A and B of the tab Compare. */
  pair: [Sketch, Sketch];
  /** Steps that the film-strip leaves out; null while it is closed. */
  skip: string[] | null;
  /** The last answer for the open view. */
  reading: unknown;
  /** Why the page can't read at the moment; empty if it can. */
  problem: string;
}

export interface Store {
  get<Key extends keyof Shared>(key: Key): Shared[Key];
  set(changes: Partial<Shared>): void;
  /** Calls `listener` after any of `keys` has changed; returns a function that unsubscribes. */
  subscribe(keys: (keyof Shared)[], listener: () => void): () => void;
}

/** A view that is mounted. */
export interface Mounted {
  /** Requests what the view needs to show the current state. */
  read(network: Network): Promise<unknown>;
  /** Shows an answer of `read`; called only while the view is open. */
  // biome-ignore lint/suspicious/noExplicitAny: each view has its own type of answer
  show(reading: any): void;
  close(): void;
}

/** A tab of the page: a module in views/, listed in views/index.js. */
export interface View {
  id: string;
  title: string;
  /** The line under the page's title. */
  invitation(network: Network): string;
  /** Whether the view can show this network. */
  fits(network: Network): boolean;
  mount(panel: HTMLElement, state: Store): Mounted;
}

// A network: core/config.js, core/checkpoint.js and core/network.js.

/** One convolution: `Convolution` in lenet/network/config.py. */
export interface Convolution {
  channels: number;
  kernel: number;
  padding: number;
  pooled: boolean;
  /** For each map, the maps of the previous layer that it is connected to; null means all. */
  connections: number[][] | null;
}

/** The content of a config.json: `LeNetConfig` in lenet/network/config.py. */
export interface LeNetConfig {
  convolutions: Convolution[];
  activation: string;
  pooling: string;
  dense: number[];
  output: string;
  labels: string[];
  initialisation: string;
  border: number;
  mean: number;
  std: number;
  box: number;
  centring: string;
  temperature: number;
  threshold: number | null;
}

/** Sides of a convolution's square maps. */
export interface MapSize {
  input: number;
  convolved: number;
  pooled: number;
}

export interface Tensor {
  shape: number[];
  data: Float32Array;
}

/** A network's configuration and its weights, which fit it. */
export interface Checkpoint {
  config: LeNetConfig;
  tensors: Map<string, Tensor>;
}

/** The maps of one convolution after its activation; `data` is [map][y][x]. */
export interface Maps {
  name: string;
  shape: [count: number, height: number, width: number];
  data: Float64Array;
}
