import type { Checkpoint, Dataset, JsonObject } from '../lib/types';

/** A small network that fits a dataset: something to begin with. */
export function starterFor(d: Dataset): JsonObject {
  const { kind, class_names: names, shape } = d.target;
  const classes = kind === 'class', outputs = classes ? Math.max(2, names?.length ?? 2) : shape.reduce((a, b) => a * b, 1);
  const colours = d.input_shape.length === 3;
  const body = colours
    ? [{ type: 'conv2d', filters: 32, kernel_size: 3, activation: 'relu' }, 'max_pooling2d', { type: 'conv2d', filters: 64, kernel_size: 3, activation: 'relu' }, 'global_average_pooling2d']
    : [...(d.input_shape.length > 1 ? ['flatten'] : []), { type: 'dense', units: 64, activation: 'relu' }, { type: 'dense', units: 32, activation: 'relu' }];
  return {
    name: `first try on ${d.name}`, seed: 1,
    dataset: { name: d.name, ...(d.counts.validation === null && { validation_split: 0.2 }), ...(d.kind === 'table' && { preprocess: ['standardize'] }) },
    model: { type: 'sequential', layers: [...body, { type: 'dense', units: outputs, ...(classes && { activation: 'softmax' }), name: 'output' }] },
    loss: classes ? 'sparse_categorical_crossentropy' : 'mse', metrics: [classes ? 'accuracy' : 'mae'], optimizer: 'adam', batch_size: 32, epochs: 10,
  };
}

/** Going on from a trained network. */
export const continuationOf = (c: Checkpoint): JsonObject => ({
  name: 'going on', seed: 1, dataset: { name: c.model.dataset ?? 'fashion-mnist', validation_split: 0.1 }, model: { from_checkpoint: c.id },
  ...(c.model.loss && { loss: c.model.loss }), ...(c.model.metrics?.length && { metrics: c.model.metrics }), optimizer: { type: 'adam', learning_rate: 0.0001 }, batch_size: 32, epochs: 5,
});
