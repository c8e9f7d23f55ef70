// Types of values that cross a boundary between modules, or between the browser and Python.

/** A point on the pad, from [0, 0] in the upper left corner to [1, 1]. */
export type Point = [number, number];
export type Stroke = Point[];

/** The content of a pad. `picture` is a square of ink, one byte per pixel, in base64. */
export interface Sketch {
  strokes: Stroke[];
  picture: string | null;
}

/** What lies on the pad, in segments of straight lines. */
export interface Segments {
  /** Four numbers for each: x and y of its start and its end; a dot has length 0. */
  points: Float64Array;
  /** The stroke of each, counted from 0 without empty ones. */
  strokes: Int32Array;
}

/** An image, row by row. Ink is in [0, 1]: 0 where nothing is drawn. */
export interface Plane {
  height: number;
  width: number;
  data: Float32Array;
}

/** A picture as browsers decode it: red, green, blue and alpha of each pixel, row by row. */
export interface Levels {
  height: number;
  width: number;
  data: Uint8Array | Uint8ClampedArray;
}

/** An image in whole numbers, row by row: lightness or contrast. */
export interface Whole {
  height: number;
  width: number;
  data: Int16Array;
}

/** What was found in a picture. */
export interface Found {
  /** A square with the digit in its middle; blank if nothing was found. */
  ink: Plane;
  /** How many digits there are. */
  count: number;
  /** The picture on its way to ink: names and planes, in order. */
  frames: [name: string, plane: Plane][];
}

/** The maps of one convolution after its activation; `data` is [map][y][x]. */
export interface Maps {
  name: string;
  shape: [count: number, height: number, width: number];
  data: Float64Array;
}

export type Kind = "input" | "convolution" | "average" | "max" | "subsampling" | "dense" | "rbf";

/** What one layer computed; a dense layer has maps of one pixel. `data` follows the activation. */
export interface Layer extends Maps {
  kind: Kind;
  /** [map][y][x], before the activation */
  sums: Float64Array;
}

/** For names of layers, the maps or units (from 0) whose values are replaced by 0. */
export type Muted = Record<string, number[]>;

/**
 * For names of layers, the kernels that were painted, row by row. A key is "map,input", both from 0;
 * "map" alone stands for all inputs if they have one pixel each, or for the coefficient of a
 * subsampling map.
 */
export type Kernels = Record<string, Record<string, number[]>>;

/** Changes to a trained network. */
export interface Edits {
  muted: Muted;
  kernels: Kernels;
}

/** One value of a layer; all numbers start at 0. */
export interface Unit {
  layer: string;
  map: number;
  row: number;
  column: number;
}

/** What is on a pad, as a link states it: test image and strokes. */
export interface LessonInput {
  /** The class and the number of a test image, both from 0. */
  image: [label: number, index: number] | null;
  strokes: Stroke[];
}

/** What a link makes of the page; null leaves something as the page has it. */
export interface Lesson {
  /** The name of the network. */
  network: string | null;
  input: LessonInput | null;
  /** The inputs of the tab Compare. */
  inputA: LessonInput | null;
  inputB: LessonInput | null;
  /** The networks of the tab Compare, by name; null is the network of the page. */
  networkA: string | null;
  networkB: string | null;
  /** Whether Compare shows the same drawing on both sides. */
  same: boolean;
  /** The unit under the microscope, pinned. */
  unit: Unit | null;
  muted: Muted;
  /** Whether layers show their values before the activation. */
  before: boolean;
  /** Whether the weights of each layer are shown. */
  kernels: boolean;
  /** The id of the open view. */
  view: string | null;
  /** The ids of open instruments. */
  open: string[];
  /** The names of the parts to show; null shows all. */
  show: string[] | null;
  /** Whether everything is enlarged for a projector. */
  big: boolean;
  language: string | null;
}

/** A part of a plane; pixel i reaches from i to i + 1, so whole numbers are half-open. */
export interface Rectangle {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/**
 * The pad as a rectangle in the network input, which it may exceed: the point [x, y] of the pad lies
 * at [x · width + left, y · height + top], in pixels.
 */
export interface Placement {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * What one map of the layer below contributes to a sum; `lenet/reading/microscope.py` explains each
 * value. If all maps of that layer have one pixel, one term holds all of them in a row.
 */
export interface Term {
  /** The map below; null if the term holds all maps. Also the `input` of `kernelOf`. */
  map: number | null;
  /** Where the patch begins in that map; negative in the padding. */
  top: number;
  left: number;
  /** Of the following, which are stored row by row. */
  height: number;
  width: number;
  patch: Float64Array;
  kernel: Float64Array;
  products: Float64Array;
  sum: number;
}

/** How a unit's value follows from the layer below. */
export interface Explanation {
  unit: Unit;
  kind: Kind;
  /** The name of the layer below. */
  previous: string;
  terms: Term[];
  bias: number;
  /** The terms and the bias: the value before the activation. */
  sum: number;
  /** Its name; null if none follows. */
  activation: string | null;
  /** The value after the activation; 0 if the map is muted. */
  value: number;
  /** For max pooling, the position of the largest value in the patch. */
  winner: number | null;
  muted: boolean;
  /** Whether the kernels are weights, which can be painted. */
  trainable: boolean;
}

/** What a layer is, from the configuration alone. */
export interface LayerPlan {
  name: string;
  kind: Kind;
  maps: number;
  /** Of its maps, in pixels. */
  side: number;
  /** The maps of the layer below. */
  inputs: number;
  /** What moves over those maps; for a dense layer it covers them. */
  window: Window;
  /** For each map, the maps below that it is connected to; null means all. */
  connections: number[][] | null;
  /** The names of its tensors; null if it has none. */
  tensors: { weight: string; bias: string } | null;
  /** Whether the activation follows. */
  activated: boolean;
}

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

export type State = "digit" | "not a digit" | "blank";

/** The answer for one drawing; `lenet/reading/prediction.py` explains each value. */
export interface Prediction {
  state: State;
  /** The most probable class; null for a blank drawing or a non-digit. */
  label: string | null;
  /** The most probable class, regardless of the state. */
  nearest: string;
  confidence: number;
  sentence: string;
  labels: string[];
  probabilities: number[];
  /** The calibrated logits of the answer; their differences are log-odds. */
  logits: number[];
  /** The calibrated logits of each of the nine views. */
  viewLogits: Float64Array[];
  /** Less the penalty. */
  evidence: number;
  /** By how much the number of strokes lowered the evidence. */
  penalty: number;
  threshold: number | null;
  networkInput: Plane;
  /** The input and every layer, in order. */
  layers: Layer[];
  /** Those of `layers` that are convolutions. */
  maps: Layer[];
}

/** The second most probable class, and how many times less likely it is than the answer. */
export interface RunnerUp {
  label: string;
  logOdds: number;
  /** exp(logOdds), perhaps infinite */
  odds: number;
}

/** What the network answers to one of the nine views alone; `image` is 28×28. */
export interface ViewAnswer {
  name: string;
  image: Float64Array;
  label: string;
  probability: number;
}

/** The mean of |value| over one map or unit. */
export interface Strength {
  map: number;
  strength: number;
}

/** A map of the first convolution where nothing is drawn: activation(bias + paper) = value. */
export interface BlankGlow {
  map: number;
  bias: number;
  paper: number;
  value: number;
}

/** A panel in words. */
export interface Summary {
  /** pad, answer, input, probabilities, or the name of a layer */
  part: string;
  title: string;
  text: string;
}

/** One step from the drawing to the network, and the answer if preparation stopped there. */
export interface Frame {
  step: string;
  image: Plane;
  prediction: Prediction;
}

/** A layer of two networks if it is of the same kind and shape in both; a layer of one, otherwise. */
export interface LayerPair {
  a: Layer | null;
  b: Layer | null;
}

/** One layer for two inputs; `ranking` lists its maps, largest mean difference first. */
export interface LayerComparison {
  a: Maps;
  b: Maps;
  difference: Maps;
  distances: number[];
  ranking: number[];
}

/** The colours of maps run from the lowest to the highest value. */
export type Range = [low: number, high: number];

/** The colour scales of a layer, before and after its activation. */
export interface LayerRange {
  name: string;
  sums: Range;
  values: Range;
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
  shape: number[];
  parameters: number;
  multiplications: number;
  receptive_field: number;
  window: Window | null;
  formula: string;
}

/** A network layer by layer. */
export interface LayerTable {
  layers: LayerRow[];
  parameters: number;
  multiplications: number;
}

/** The files of the page: the addresses are relative, such as `networks.json`. */
export interface Files {
  // biome-ignore lint/suspicious/noExplicitAny: JSON can be anything
  json(path: string): Promise<any>;
  text(path: string): Promise<string>;
  bytes(path: string): Promise<ArrayBuffer>;
}

/** The file networks.json. */
export interface Menu {
  /** `accuracy` is the share of test images that are read correctly; null if unknown. */
  models: { name: string; title: string; accuracy: number | null }[];
  folder: string;
}

/** The file networks/NAME/about.json. */
export interface About {
  /** The title in English. */
  title: string;
  /** The folder of the network's other files. */
  version: string;
  labels: string[];
  /** Whether the classes are the ten digits. */
  digits: boolean;
  /** The file with test images: for each class, pictures as in a sketch. */
  examples: string | null;
  /** The file with many test images: a PNG with a row for each class. */
  testSheet: string | null;
  /** The colour scales of the input and each layer, which stay the same while a person draws. */
  ranges: LayerRange[];
  layers: LayerTable;
  sizeFormula: string;
}

/** A network that can read. */
export interface Network extends About {
  name: string;
  predictor: import("./core/reading.js").Predictor;
  /** The pictures of each class; none if there are no test images of these classes. */
  testImages: string[][];
}

/** A step from a picture to ink; the names are picture, contrast, taken and ink. */
export type FoundFrame = Found["frames"][number];

/** A picture file that was opened: what a sketch contains, and the steps from the file to its ink. */
export interface OpenedPicture {
  picture: string;
  frames: FoundFrame[];
  /** Whether the page looked for a digit. */
  digits: boolean;
}

/** What became of a picture file; without ink, the outcome names the text that says why. */
export type Opening =
  | ({ outcome: "found" } & OpenedPicture)
  | { outcome: "blank" | "nothing" | "several" | "damaged" | "blocked" | "tooOld" };

/** Where files that are pasted or dropped go. */
export interface PictureDesk {
  /** What is marked while a person drags a file. */
  pad: HTMLElement;
  /** Opens the first of the files; says so if there are several, or none. */
  open(files: readonly File[]): void;
  close(): void;
}

/** What the tab Draw shows: the answer of the network, with its edits, for the sketch. */
export interface DrawReading {
  network: Network;
  sketch: Sketch;
  prediction: Prediction;
}

/** A panel of the tab Draw: a module in instruments/, listed in instruments/index.js. */
export interface Instrument {
  id: string;
  title(): string;
  /** Whether the instrument makes sense for this network. */
  fits(network: Network): boolean;
  mount(
    body: HTMLElement,
    state: Store,
  ): {
    /** Shows a new reading; called only while the panel is open, in a task after the answer. */
    show(reading: DrawReading): void;
    close(): void;
  };
}

/** Where the lesson of a page is written: the address of the page, or an attribute. */
export interface LessonPlace {
  /** The lesson's code; empty if there is none. */
  read(): string;
  /** The address that links point to; a lesson's code goes behind it. */
  home(): string;
  /** Calls `listener` after the code has changed; returns a function that unsubscribes. */
  watch(listener: () => void): () => void;
}

/** How far a task has come. */
export interface Progress {
  done: number;
  total: number;
}

/** Images of 28×28 levels from 0 to 255, one after the other, and the index of each one's class. */
export interface TestSet {
  levels: Uint8Array;
  truths: number[];
}

/** How a network does on a test set. An answer is the index of a class, or one more: rejected. */
export interface Evaluation {
  /** How many answers are right. */
  right: number;
  answers: number[];
  /** How many images of each class (rows) have each answer (columns, the last one: rejected). */
  confusion: number[][];
}

/** What muting one map does to the answer: `Effect` in lenet/reading/muting.py. */
export interface MapEffect {
  layer: string;
  /** From 0. */
  map: number;
  effect: number;
  /** The answer after; null for a blank drawing or a non-digit. */
  label: string | null;
  nearest: string;
  probability: number;
}

/** A block of pixels that becomes full (1) or empty (0) of ink; rows and columns count blocks. */
export interface Change {
  row: number;
  column: number;
  ink: number;
}

/** What single changes would do to the log-odds of one class: lenet/reading/attribution.py. */
export interface PixelChanges {
  /** The log-odds of the class now. */
  logOdds: number;
  /** Blocks on either side. */
  count: number;
  /** By how much the log-odds change if ink is added, row by row. */
  added: Float64Array;
  /** By how much they change if ink is taken away. */
  taken: Float64Array;
}

/** One change on the way to a different answer, and the answer after it. */
export interface PathStep {
  change: Change;
  /** After the change, before it is prepared. */
  picture: Plane;
  label: string | null;
  /** That of the target. */
  probability: number;
}

/** Single changes that lead from one input to a different answer, in order. */
export interface ChangePath {
  start: Plane;
  steps: PathStep[];
  /** Whether the answer after the last step is the target. */
  reached: boolean;
}

/** How a drawing is moved and bent: `Bend` in lenet/reading/robustness.py. */
export interface Bend {
  right: number;
  down: number;
  turn: number;
  size: number;
  slant: number;
  thickness: number;
}

/** The answer to one variant of a drawing. */
export interface CompassCell {
  bend: Bend;
  state: State;
  label: string | null;
  nearest: string;
  /** That of the nearest class. */
  probability: number;
}

type TaskTable = typeof import("./core/tasks.js").TASKS;
type FreeTaskTable = typeof import("./core/tasks.js").FREE_TASKS;

/** Long computations, in a worker if there is one, else in slices between frames. */
export interface Tasks {
  /**
   * Runs a task with the edited network. A new run of the same task aborts the previous one.
   * Rejects with an `AbortError` if it was aborted.
   */
  run<Name extends keyof TaskTable>(
    task: Name,
    network: Network,
    edits: Edits,
    argument: Parameters<TaskTable[Name]>[1],
    options?: {
      onProgress?: (progress: YieldOf<ReturnType<TaskTable[Name]>>) => void;
      signal?: AbortSignal;
    },
  ): Promise<ResultOf<ReturnType<TaskTable[Name]>>>;
  /**
   * Runs a task that needs no network. A new run of the same task in the same lane aborts the
   * previous one.
   */
  runFree<Name extends keyof FreeTaskTable>(
    task: Name,
    argument: Parameters<FreeTaskTable[Name]>[0],
    lane: string,
  ): Promise<ResultOf<ReturnType<FreeTaskTable[Name]>>>;
  /** Aborts whatever runs. */
  stop(): void;
  close(): void;
}

type YieldOf<Task> = Task extends Generator<infer Step> ? Step : never;
type ResultOf<Task> = Task extends
  | Generator<unknown, infer Result>
  | AsyncGenerator<unknown, infer Result>
  ? Result
  : never;

/** The answers that the tab Compare shows. */
export interface Comparison {
  a: Prediction;
  b: Prediction;
  isOneNetwork: boolean;
}

/** What a task of the tour looks at. */
export interface TourSnapshot
  extends Pick<Shared, "sketch" | "edits" | "unit" | "pinned" | "before" | "view" | "same"> {
  /** As trained. */
  network: Network;
  /** The answer that the tab Draw shows; null while a different tab is open. */
  prediction: Prediction | null;
  /** What the tab Compare shows; null while a different tab is open. */
  comparison: Comparison | null;
}

/** A task of the tour: a module in tour/, listed in tour/index.js. */
export interface TourTask {
  id: string;
  title(): string;
  /** What to do. */
  task(network: Network): string;
  /** What one has seen, once it is done. */
  learned(): string;
  /** Selects the parts of the page that the task is about. */
  highlight: string;
  isDone(snapshot: TourSnapshot): boolean;
}

/** The state that views share. */
export interface Shared {
  /** The network of the menu, as trained. Views receive it with the edits. */
  network: Network | null;
  /** Changes to the network of the menu; none after a different network is chosen. */
  edits: Edits;
  /** The unit under the microscope; null while it is closed. */
  unit: Unit | null;
  /** Whether the microscope stays at its unit while the pointer moves over the maps. */
  pinned: boolean;
  /** Whether layers show their values before the activation. */
  before: boolean;
  /** Whether layers show their weights. */
  kernels: boolean;
  /** Long computations. */
  tasks: Tasks;
  /** The page's files. */
  files: Files;
  /** The id of the open view. */
  view: string;
  /** The sketch on the pad of the tab Draw. */
  sketch: Sketch;
  /** The last picture file that was opened on that pad. */
  opened: OpenedPicture | null;
  /** The files that are being opened, by the names of their pads. */
  opening: Record<string, readonly File[] | undefined>;
  /** The inputs A and B of the tab Compare. */
  pair: [Sketch, Sketch];
  /** The tour: its task, from 0, and the ids of the tasks that are done. */
  tour: { isOpen: boolean; step: number; done: string[] };
  /** The code of the page's language, such as "en". */
  language: string;
  /** The networks of A and B, as trained; null is the network of the menu, with its edits. */
  sides: [Network | null, Network | null];
  /** Whether B shows the drawing of A. */
  same: boolean;
  /** The networks to choose from; none until their list has arrived. */
  menu: Menu["models"];
  /** Fetches networks. */
  gallery: import("./core/gallery.js").Gallery;
  /** Names of the parts that are shown; null shows all. */
  shown: string[] | null;
  /** Whether everything is enlarged for a projector. */
  big: boolean;
  /** Why the chosen network can't be used; empty if it can. */
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
  /** Shows what `read` has returned; called only while the view is open. */
  // biome-ignore lint/suspicious/noExplicitAny: each view has its own type of reading
  show(reading: any): void;
  /** Where a picture goes that is pasted or dropped at `at`; absent if the view has no pad. */
  deskAt?(at: Node | null): PictureDesk;
  close(): void;
}

/** A tab of the page: a module in views/, listed in views/index.js. */
export interface View {
  id: string;
  title(): string;
  /** The line under the page's title. */
  invitation(network: Network): string;
  /** Whether the view can show this network. */
  fits(network: Network): boolean;
  /** What the view shows of the current state; called after every change, only while it is open. */
  read(network: Network, state: Store): unknown;
  mount(panel: HTMLElement, state: Store): Mounted;
}

/** The detail of the event `reading`, for pages that embed this one. */
export interface ReadingDetail
  extends Pick<Prediction, "state" | "label" | "probabilities" | "evidence"> {
  /** The name of the network. */
  network: string;
  strokes: Stroke[];
  /** 28×28 numbers, row by row. */
  networkInput: number[];
  maps: Maps[];
}
