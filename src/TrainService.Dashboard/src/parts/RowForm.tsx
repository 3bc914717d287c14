import type { Json, JsonObject } from '../lib/types';

const most = 40;

/** The values of a row as fields, where there are not too many of them; its JSON stays the truth. */
export function RowForm({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const row = parse(text);
  if (row === null) return null;
  const fields: [string, Json][] = Array.isArray(row) ? row.map((v, i) => [`x${i + 1}`, v]) : Object.entries(row);
  if (fields.length === 0 || fields.length > most || fields.some(([, v]) => v !== null && typeof v === 'object')) return null;
  const set = (at: number, value: Json) => onChange(JSON.stringify(Array.isArray(row) ? row.map((v, i) => (i === at ? value : v)) : { ...row, [fields[at]![0]]: value }));
  return (
    <div class="row-form">
      {fields.map(([name, value], i) => (
        <label key={name}>{name} {typeof value === 'number'
          ? <input type="number" step="any" value={value} onInput={(e) => e.currentTarget.value !== '' && set(i, Number(e.currentTarget.value))} />
          : <input value={value === null ? '' : String(value)} onInput={(e) => set(i, e.currentTarget.value)} />}
        </label>
      ))}
    </div>
  );
}

function parse(text: string): Json[] | JsonObject | null {
  try {
    const read = JSON.parse(text) as Json;
    return typeof read === 'object' ? read : null;
  } catch {
    return null;
  }
}
