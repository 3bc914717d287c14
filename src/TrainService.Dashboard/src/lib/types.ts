/** What the service answers; only the members that the pages use. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
export type Status = 'queued' | 'running' | 'pausing' | 'paused' | 'stopping' | 'succeeded' | 'stopped' | 'cancelled' | 'failed';

export interface Progress {
  epoch: number;
  epochs: number;
  step: number;
  steps_per_epoch: number;
  fraction: number;
  samples_per_second: number | null;
  eta_seconds: number | null;
}

export interface Warning {
  pointer: string;
  code: string;
  detail: string;
  remedy?: string;
}

export interface LayerSummary {
  name: string;
  type: string;
  /** Names of the layers whose outputs it takes; none for what takes the network's input. Older jobs don't say. */
  inputs?: string[];
  output_shape: number[];
  parameters: number;
  trainable_parameters: number;
  flops: number;
}

export interface Summary {
  /** Not of jobs that train nothing. */
  layers?: LayerSummary[];
  parameters: number;
  trainable_parameters: number;
  flops: number;
  peak_memory_bytes: number;
  train_rows: number;
  validation_rows: number | null;
  steps_per_epoch: number;
  estimated_seconds_per_epoch: number | null;
  lr_find?: { suggestions: Record<string, number | null>; why: string; exploded: boolean };
}

export interface Job {
  id: string;
  name: string | null;
  kind: string;
  status: Status;
  terminal: boolean;
  phase: number | null;
  labels: Record<string, string>;
  priority: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  attempt: number;
  queue: { position: number } | null;
  progress: Progress | null;
  latest: Record<string, number> | null;
  best: (Record<string, number> & { checkpoint?: never }) | { checkpoint: string; epoch: number } | null;
  reason: string | null;
  error: JsonObject | null;
  parent: string | null;
  /** Its parent, as long as it waits for it. */
  waiting_for: string | null;
  from_checkpoint: string | null;
  chain: string | null;
  sweep: string | null;
  trial: number | null;
  forked_from: string | null;
  spec: JsonObject;
  resolved: JsonObject;
  summary: Summary | null;
  warnings: Warning[];
}

export interface Epoch {
  epoch: number;
  [metric: string]: number | null;
}

/** What a model draws after an epoch: pictures side by side on one sheet. */
export interface Sheet {
  name: string;
  media_type: string;
  width: number;
  height: number;
  columns: number;
  count: number;
  base64: string;
}

export interface Trials {
  monitor: string;
  mode: 'min' | 'max';
  method: string;
  trials: number;
  finished: number;
  ranking: { rank: number | null; values: Record<string, Json>; mean: number | null; deviation: number | null; trials: Trial[] }[];
}

export interface Trial {
  trial: number;
  job: string | null;
  seed: number;
  status: Status | null;
  value: number | null;
  epoch: number | null;
  epochs: number;
  checkpoint: string | null;
}

export interface JobEvent {
  seq: number;
  at: string;
  type: 'status' | 'progress' | 'epoch' | 'checkpoint' | 'warning' | 'log';
  data: JsonObject;
}

export interface Dataset {
  name: string;
  kind: 'images' | 'table' | 'arrays' | 'synthetic';
  built_in: boolean;
  summary: string | null;
  input_shape: number[];
  target: { kind: 'class' | 'number' | 'vector' | 'inputs'; shape: number[]; class_names: string[] | null };
  counts: { train: number; validation: number | null; test: number | null };
  columns?: { name: string; type: string; categories: string[] | null; statistics: ValueStatistics | null }[];
  statistics: { inputs: ValueStatistics | null; class_counts: number[] | null } | null;
  licence: string | null;
  source: string | null;
  bytes: number;
  skipped_files?: { file: string; reason: string }[];
}

export interface ValueStatistics {
  minimum: number;
  maximum: number;
  mean: number;
  standard_deviation: number;
}

export interface Checkpoint {
  id: string;
  job: string | null;
  epoch: number;
  step: number;
  metrics: Record<string, number>;
  reason: string;
  bytes: number;
  sha256: string;
  created_at: string;
  parent: string | null;
  model: { input_shape: number[]; class_names: string[] | null; dataset: string | null; loss?: Json; metrics?: Json[] };
}

/** Where the tensors of a file went. */
export interface ImportReport {
  loaded: string[];
  missing: string[];
  unexpected: string[];
  shape_mismatch: { name: string; expected: number[]; got: number[] }[];
}

export interface Prediction {
  outputs: number[][];
  classes: { name: string; index: number; probability: number }[][] | null;
  mean: number[][] | null;
  std: number[][] | null;
}

export interface Evaluation {
  dataset: string;
  part: string;
  rows: number;
  metrics: Record<string, number>;
  confusion: { classes: string[]; matrix: number[][]; per_class: { name: string; precision: number; recall: number; f1: number; support: number }[] } | null;
  worst?: WorstRow[];
}

export interface WorstRow {
  row: number;
  loss: number | null;
  actual: string | null;
  target: number[];
  output: number[];
  predicted: { name: string; index: number; probability: number } | null;
}

export interface Explanation {
  method: string;
  of: string;
  class: { index: number; name: string | null };
  score: number;
  baseline_score?: number;
  shape: number[];
  values: number[];
  columns?: { name: string; value: number }[];
}

export interface Histogram {
  count: number;
  minimum: number;
  maximum: number;
  mean: number;
  standard_deviation: number;
  zeros: number;
  bins: number[];
}

export interface Histograms {
  dataset: string | null;
  rows: number;
  layers: { name: string; type: string; weights: { tensor: string; histogram: Histogram }[]; activations: Histogram | null }[];
}

export interface SpecError {
  pointer: string;
  code: string;
  detail: string;
  did_you_mean?: string;
  /** Of uploads. */
  file?: string;
  row?: number;
  column?: string;
}

export interface Problem {
  title: string;
  status: number;
  detail?: string;
  errors?: SpecError[];
}
