import { typeOf, type Argument, type Catalog, type Component } from '../lib/catalog';
import { isObject } from '../lib/json';
import type { Json, JsonObject } from '../lib/types';

interface Props {
  component: Component;
  value: Json | undefined;
  catalog: Catalog;
  onChange: (value: JsonObject) => void;
  /** Which of its arguments. */
  only?: (argument: Argument) => boolean;
}

const simple = ['number', 'integer', 'flag', 'choice', 'text', 'component', 'integers', 'numbers'];

/** The arguments of a component as fields; what no field fits stays to the editor. */
export function Arguments({ component, value, catalog, onChange, only }: Props) {
  const now = isObject(value) ? value : {};
  const set = (name: string, v: Json | undefined) => {
    const next: JsonObject = { type: component.name, ...now };
    if (v === undefined) delete next[name];
    else next[name] = v;
    onChange(next);
  };
  return <>{component.arguments.filter((a) => simple.includes(a.type) && (only?.(a) ?? true)).map((a) => <Field key={a.name} argument={a} value={now[a.name]} catalog={catalog} onChange={(v) => set(a.name, v)} />)}</>;
}

function Field({ argument: a, value, catalog, onChange }: { argument: Argument; value: Json | undefined; catalog: Catalog; onChange: (value: Json | undefined) => void }) {
  const text = value === undefined || value === null ? '' : Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? typeOf(value) : String(value);
  const usual = a.default === null ? '' : Array.isArray(a.default) ? a.default.join(', ') : typeOf(a.default) || String(a.default);
  const numbers = a.type === 'integers' || a.type === 'numbers';
  let field;
  if (a.type === 'flag') return <label title={a.description}><input type="checkbox" checked={Boolean(value ?? a.default)} onChange={(e) => onChange(e.currentTarget.checked)} /> {a.name}</label>;
  if (a.choices || a.category && a.type === 'component') {
    const choices = a.choices ?? (catalog.get(a.category!) ?? []).map((c) => c.name);
    field = <select value={text} onChange={(e) => onChange(e.currentTarget.value || undefined)}><option value="">{usual || 'the default'}</option>{choices.filter((c) => c !== usual).map((c) => <option>{c}</option>)}</select>;
  } else if ((a.type === 'number' || a.type === 'integer') && (value === undefined || value === null || typeof value === 'number')) {
    field = <input type="number" step={a.type === 'integer' ? 1 : 'any'} value={text} placeholder={usual} min={a.minimum ?? undefined} max={a.maximum ?? undefined}
      onInput={(e) => onChange(e.currentTarget.value === '' ? undefined : Number(e.currentTarget.value))} />;
  } else {
    field = <input class="short" value={text} placeholder={usual} onChange={(e) => onChange(e.currentTarget.value === '' ? undefined : numbers ? asNumbers(e.currentTarget.value) : e.currentTarget.value)} />;
  }
  return <label title={a.description}>{a.name} {field}</label>;
}

// "3" and "3, 3" are what Keras takes for a kernel size.
function asNumbers(text: string): Json {
  const all = text.split(/[\s,]+/).filter(Boolean).map(Number);
  return all.length === 1 ? all[0]! : all;
}
