import type { Epoch } from '../lib/types';

/** Members of an epoch that are not a measure of the model. */
const aside = new Set(['epoch', 'phase', 'learning_rate', 'momentum', 'duration_seconds', 'samples_per_second', 'data_wait', 'gradient_norm', 'weight_norm', 'step']);

/** Told apart without colour vision too (Okabe and Ito 2008). */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d1f', '#7a7a7a'];

/** loss, accuracy …: each is a chart of its training and validation values. */
export function metricNames(epochs: Epoch[]): string[] {
  const names = new Set<string>();
  for (const epoch of epochs)
    for (const [name, value] of Object.entries(epoch))
      if (typeof value === 'number' && !aside.has(name)) names.add(name.replace(/^val_/, ''));
  return [...names].sort((a, b) => Number(b === 'loss') - Number(a === 'loss') || a.localeCompare(b));
}

export const column = (epochs: Epoch[], name: string) => epochs.map((e) => (typeof e[name] === 'number' ? (e[name] as number) : null));

/** Exponential moving average, corrected for its start: sum of w^i v / sum of w^i. */
export function smooth(values: (number | null)[], weight: number): (number | null)[] {
  if (weight === 0) return values;
  let sum = 0, total = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = sum * weight + value;
    total = total * weight + 1;
    return sum / total;
  });
}
