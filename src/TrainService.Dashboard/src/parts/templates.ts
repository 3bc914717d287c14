import type { JsonObject } from '../lib/types';

const head = (units: number): JsonObject => ({ type: 'dense', units, activation: 'softmax', name: 'output' });

/** Jobs to start from: what people try first. */
export const templates: { name: string; spec: JsonObject }[] = [
  {
    name: 'Fashion-MNIST: dense network, one-cycle',
    spec: {
      name: 'fashion-mlp', seed: 42, dataset: { name: 'fashion-mnist', validation_split: 0.1 },
      model: { type: 'sequential', layers: [{ type: 'flatten', input_shape: [28, 28] }, { type: 'dense', units: 300, activation: 'elu', kernel_initializer: 'he_normal' }, { type: 'dropout', rate: 0.2 }, head(10)] },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: { type: 'sgd', learning_rate: 0.01, momentum: 0.9, nesterov: true },
      schedule: { type: 'one_cycle', max_learning_rate: 0.05 }, batch_size: 32, epochs: 10,
    },
  },
  {
    name: 'Fashion-MNIST: convolutional network',
    spec: {
      name: 'fashion-cnn', seed: 42, dataset: { name: 'fashion-mnist', validation_split: 0.1 },
      model: {
        type: 'sequential', layers: [
          { type: 'reshape', target_shape: [28, 28, 1], input_shape: [28, 28] },
          { type: 'conv2d', filters: 32, kernel_size: 3, activation: 'relu', kernel_initializer: 'he_normal' }, 'max_pooling2d',
          { type: 'conv2d', filters: 64, kernel_size: 3, activation: 'relu', kernel_initializer: 'he_normal' }, 'max_pooling2d',
          'flatten', { type: 'dense', units: 64, activation: 'relu', kernel_initializer: 'he_normal' }, { type: 'dropout', rate: 0.5 }, head(10)],
      },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: 'nadam', batch_size: 32, epochs: 8,
      callbacks: [{ type: 'early_stopping', monitor: 'val_loss', patience: 3, restore_best_weights: true }],
    },
  },
  {
    name: 'Fashion-MNIST: self-normalizing network (SELU)',
    spec: {
      name: 'fashion-selu', seed: 42, dataset: { name: 'fashion-mnist', validation_split: 0.1, preprocess: ['standardize'] },
      model: { type: 'sequential', layers: [{ type: 'flatten', input_shape: [28, 28] }, ...Array.from({ length: 10 }, () => ({ type: 'dense', units: 100, activation: 'selu', kernel_initializer: 'lecun_normal' })), { type: 'alpha_dropout', rate: 0.1 }, head(10)] },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: { type: 'sgd', learning_rate: 0.01, momentum: 0.9 }, batch_size: 32, epochs: 10,
    },
  },
  {
    name: 'Fashion-MNIST: batch normalization before the activation',
    spec: {
      name: 'fashion-bn', seed: 42, dataset: { name: 'fashion-mnist', validation_split: 0.1 },
      model: { type: 'sequential', layers: [{ type: 'flatten', input_shape: [28, 28] }, 'batch_normalization', { type: 'dense', units: 300, use_bias: false, kernel_initializer: 'he_normal' }, 'batch_normalization', 'relu', { type: 'dense', units: 100, use_bias: false, kernel_initializer: 'he_normal' }, 'batch_normalization', 'relu', head(10)] },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: 'adam', batch_size: 32, epochs: 10,
    },
  },
  {
    name: 'Moons: a small network on made-up points',
    spec: {
      name: 'moons', seed: 1, dataset: { name: 'moons', validation_split: 0.2 },
      model: { type: 'sequential', layers: [{ type: 'dense', units: 16, activation: 'tanh' }, { type: 'dense', units: 16, activation: 'tanh' }, { type: 'dense', units: 2, activation: 'softmax', name: 'output' }] },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: { type: 'adam', learning_rate: 0.01 }, batch_size: 32, epochs: 30,
    },
  },
  {
    name: 'Sine: regression',
    spec: {
      name: 'sine', seed: 1, dataset: { name: 'sine', validation_split: 0.2 },
      model: { type: 'sequential', layers: [{ type: 'dense', units: 64, activation: 'elu' }, { type: 'dense', units: 64, activation: 'elu' }, { type: 'dense', units: 1 }] },
      loss: 'mse', metrics: ['mae'], optimizer: 'adam', batch_size: 32, epochs: 40,
    },
  },

  {
    name: 'Search for a learning rate',
    spec: {
      name: 'rate of fashion-mlp', kind: 'lr_find', seed: 42, dataset: { name: 'fashion-mnist' },
      model: { type: 'sequential', layers: [{ type: 'flatten', input_shape: [28, 28] }, { type: 'dense', units: 300, activation: 'elu', kernel_initializer: 'he_normal' }, head(10)] },
      loss: 'sparse_categorical_crossentropy', optimizer: 'sgd', batch_size: 32,
    },
  },
  {
    name: 'Dropout as a measure of doubt (Monte Carlo)',
    spec: {
      name: 'fashion-mc', seed: 42, dataset: { name: 'fashion-mnist', validation_split: 0.1 },
      model: { type: 'sequential', layers: [{ type: 'flatten', input_shape: [28, 28] }, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 300, activation: 'elu', kernel_initializer: 'he_normal' }, { type: 'dropout', rate: 0.2 }, { type: 'dense', units: 100, activation: 'elu', kernel_initializer: 'he_normal' }, { type: 'dropout', rate: 0.2 }, head(10)] },
      loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], optimizer: { type: 'sgd', learning_rate: 0.01, momentum: 0.9, nesterov: true }, batch_size: 32, epochs: 10,
    },
  },
];

interface Example {
  name: string;
  load: () => Promise<JsonObject>;
}

const examples = (files: Record<string, () => Promise<JsonObject>>): Example[] => Object.entries(files)
  .map(([file, load]) => ({ name: file.split('/').at(-1)!.replace('.json', '').replaceAll('-', ' '), load }))
  .sort((a, b) => a.name.localeCompare(b.name));

const pretraining = import.meta.glob<JsonObject>('../../../../openapi/examples/pretraining/*.json', { import: 'default' });
const pretrainingOf = (name: string) => pretraining[`../../../../openapi/examples/pretraining/${name}.json`]!;

/** What goes on from a parent makes sense behind it only: both are a chain. */
const behind = (first: string, then: string): Example => ({
  name: `${first}, then ${then}`.replaceAll('-', ' '), load: async () => ({ chain: await Promise.all([pretrainingOf(first)(), pretrainingOf(then)()]) }),
});

/** Examples of the API, by what they are about: what is added there is here at the next build. */
export const exampleGroups: { title: string; examples: Example[] }[] = [
  { title: 'Experiments of the course', examples: examples(import.meta.glob<JsonObject>('../../../../openapi/examples/jobs/*.json', { import: 'default' })) },
  { title: 'Sweeps and chains', examples: examples(import.meta.glob<JsonObject>(['../../../../openapi/examples/sweeps/*.json', '../../../../openapi/examples/chain.json'], { import: 'default' })) },
  {
    title: 'Without labels: autoencoders, GAN, pretraining',
    examples: [
      ...examples(Object.fromEntries(Object.entries(pretraining).filter(([file]) => !file.endsWith('finetune.json')))),
      behind('autoencoder', 'finetune'), behind('rbm', 'rbm-finetune'), behind('pairs', 'two-classes-finetune'),
    ],
  },
];

/** Tables that examples learn from, which a new service has not got. */
export const tables: Record<string, { file: string; about: string; spec: JsonObject; load: () => Promise<string> }> = {
  flowers: {
    file: 'flowers.csv', about: '150 flowers, four measures each and the species', spec: { label: 'species' },
    load: () => import('../../../../openapi/examples/flowers.csv?raw').then((m) => m.default),
  },
};

/** What stands in for data that is not on every machine. */
export const standIns: Record<string, string> = { 'fashion-mnist': 'synthetic-fashion' };
