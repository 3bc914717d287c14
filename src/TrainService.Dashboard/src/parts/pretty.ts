import type { Json } from '../lib/types';

const width = 100;

/** JSON for people: what fits on a line stands on one. */
export function pretty(value: Json, indent = ''): string {
  const flat = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  if (value === null || typeof value !== 'object' || indent.length + flat.length <= width) return flat;
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((v) => deeper + pretty(v, deeper))
    : Object.entries(value).map(([k, v]) => `${deeper}${JSON.stringify(k)}: ${pretty(v, deeper)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}
