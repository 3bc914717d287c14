import { useMemo } from 'preact/hooks';
import { useResource } from '../lib/poll';
import type { Dataset, Json, JsonObject } from '../lib/types';

interface Component {
  name: string;
  summary: string;
  advice: string | null;
  arguments: { name: string; type: string; description: string; default: Json; minimum: number | null; maximum: number | null; choices: string[] | null; category: string | null }[];
}

interface Catalog {
  categories: { name: string; components: Component[] }[];
}

const typeOf = (value: Json | undefined): string => (typeof value === 'string' ? value : value && typeof value === 'object' && !Array.isArray(value) ? String(value.type ?? value.class_name ?? '') : '');

/** The choices made most often, as fields; made from the catalog, so that what is new there is here at once. */
export function QuickForm({ spec, onChange }: { spec: JsonObject; onChange: (spec: JsonObject) => void }) {
  const datasets = useResource<{ datasets: Dataset[] }>('/datasets');
  const catalog = useResource<Catalog>('/catalog');
  const set = (member: string, value: Json | undefined) => {
    const next = { ...spec };
    if (value === undefined) delete next[member];
    else next[member] = value;
    onChange(next);
  };
  const dataset = (spec.dataset ?? {}) as JsonObject;
  return (
    <fieldset class="quick">
      <legend>The essentials</legend>
      <label>Name <input value={String(spec.name ?? '')} onInput={(e) => set('name', e.currentTarget.value || undefined)} /></label>
      <label>Data <select value={String(dataset.name ?? '')} onChange={(e) => set('dataset', { ...dataset, name: e.currentTarget.value })}>
        {(datasets.value?.datasets ?? []).map((d) => <option>{d.name}</option>)}
      </select></label>
      <Choice label="Loss" member="loss" category="loss" spec={spec} catalog={catalog.value} set={set} />
      <Choice label="Optimizer" member="optimizer" category="optimizer" spec={spec} catalog={catalog.value} set={set} />
      <Choice label="Schedule" member="schedule" category="schedule" spec={spec} catalog={catalog.value} set={set} optional />
      <label>Batch <input type="number" min="1" value={String(spec.batch_size ?? 32)} onInput={(e) => set('batch_size', Number(e.currentTarget.value) || undefined)} /></label>
      {!spec.phases && <label>Epochs <input type="number" min="1" value={String(spec.epochs ?? 1)} onInput={(e) => set('epochs', Number(e.currentTarget.value) || undefined)} /></label>}
      <label>Seed <input type="number" min="0" value={String(spec.seed ?? 0)} onInput={(e) => set('seed', Number(e.currentTarget.value))} /></label>
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  member: string;
  category: string;
  spec: JsonObject;
  catalog: Catalog | null;
  set: (member: string, value: Json | undefined) => void;
  optional?: boolean;
}

function Choice({ label, member, category, spec, catalog, set, optional }: ChoiceProps) {
  const components = useMemo(() => catalog?.categories.find((c) => c.name === category)?.components ?? [], [catalog, category]);
  const type = typeOf(spec[member]);
  const chosen = components.find((c) => c.name === type);
  const value = (typeof spec[member] === 'object' && spec[member] !== null ? spec[member] : {}) as JsonObject;
  return (
    <span class="choice">
      <label>{label} <select value={type} onChange={(e) => set(member, e.currentTarget.value || undefined)} title={chosen?.advice ?? chosen?.summary}>
        {optional && <option value="">none</option>}
        {!optional && !type && <option value="">the default</option>}
        {components.map((c) => <option value={c.name}>{c.name}</option>)}
      </select></label>
      {chosen && chosen.arguments.some((a) => a.type === 'number' || a.type === 'integer') && (
        <details>
          <summary>arguments</summary>
          <p><small>{chosen.summary} {chosen.advice}</small></p>
          {chosen.arguments.filter((a) => ['number', 'integer', 'flag', 'choice'].includes(a.type)).map((a) => (
            <Argument argument={a} value={value[a.name]} onChange={(v) => {
              const next: JsonObject = { ...value, type };
              if (v === undefined) delete next[a.name];
              else next[a.name] = v;
              set(member, next);
            }} />
          ))}
        </details>
      )}
    </span>
  );
}

function Argument({ argument: a, value, onChange }: { argument: Component['arguments'][number]; value: Json | undefined; onChange: (value: Json | undefined) => void }) {
  const text = value === undefined ? '' : String(value);
  if (a.type === 'flag') return <label title={a.description}><input type="checkbox" checked={Boolean(value ?? a.default)} onChange={(e) => onChange(e.currentTarget.checked)} /> {a.name}</label>;
  if (a.choices) return <label title={a.description}>{a.name} <select value={text || String(a.default ?? '')} onChange={(e) => onChange(e.currentTarget.value)}>{a.choices.map((c) => <option>{c}</option>)}</select></label>;
  return (
    <label title={a.description}>{a.name}
      <input type="number" step="any" value={text} placeholder={a.default === null ? '' : String(a.default)} min={a.minimum ?? undefined} max={a.maximum ?? undefined}
        onChange={(e) => onChange(e.currentTarget.value === '' ? undefined : Number(e.currentTarget.value))} />
    </label>
  );
}
