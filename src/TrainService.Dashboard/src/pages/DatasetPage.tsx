import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { getBlob, remove } from '../lib/api';
import { bytes, number, shape } from '../lib/format';
import { dataUrl } from '../lib/picture';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Dataset, Json } from '../lib/types';
import { Problems } from '../parts/Problems';
import { Scroll } from '../parts/Scroll';

interface Preview {
  split: string;
  rows: { input: Json; target?: Json; class?: string }[];
}

/** One dataset: numbers about it, and a look at it. */
export function DatasetPage({ name }: { name: string }) {
  const { value: d, problem } = useResource<Dataset>(`/datasets/${encodeURIComponent(name)}`);
  const { problem: refused, run } = useAction();
  if (!d) return <Problems problem={problem} />;
  const drop = async () => {
    if (!confirm(`Delete the dataset ${name}? This can't be undone.`)) return;
    if (await run(() => remove(`/datasets/${encodeURIComponent(name)}`).then(() => true))) go('/datasets');
  };
  const counts = d.statistics?.class_counts;
  const most = Math.max(1, ...(counts ?? []));
  return (
    <>
      <div class="bar-row"><h1>{d.name}</h1><span class="spacer" /><a class="button" href={`#/new?dataset=${encodeURIComponent(name)}`}>Train a network on it</a>{!d.built_in && <button onClick={drop}>Delete</button>}</div>
      <Problems problem={refused} />
      {d.summary && <p>{d.summary}</p>}
      <dl class="facts">
        <div><dt>Kind</dt><dd>{d.kind}</dd></div>
        <div><dt>Input</dt><dd>{shape(d.input_shape)}</dd></div>
        <div><dt>Rows</dt><dd>{number(d.counts.train)} train{d.counts.validation !== null && `, ${number(d.counts.validation)} validation`}{d.counts.test !== null && `, ${number(d.counts.test)} test`}</dd></div>
        {d.statistics?.inputs && <div><dt>Values</dt><dd>{number(d.statistics.inputs.minimum)} to {number(d.statistics.inputs.maximum)}, mean {number(d.statistics.inputs.mean)}, deviation {number(d.statistics.inputs.standard_deviation)}</dd></div>}
        {d.bytes > 0 && <div><dt>On disk</dt><dd>{bytes(d.bytes)}</dd></div>}
        {d.licence && <div><dt>Licence</dt><dd>{d.licence}</dd></div>}
        {d.source && <div><dt>Source</dt><dd>{d.source}</dd></div>}
      </dl>
      {d.skipped_files && <details><summary>{d.skipped_files.length} files were left out</summary><ul>{d.skipped_files.map((f) => <li><code>{f.file}</code> {f.reason}</li>)}</ul></details>}
      {d.kind === 'images' ? <Sheet name={name} /> : <Rows name={name} />}
      {d.target.class_names && counts && (
        <section>
          <h2>Classes</h2>
          <table><tbody>{d.target.class_names.map((c, i) => <tr><td>{c}</td><td class="n">{number(counts[i])}</td><td><span class="bar" style={{ width: `${(160 * (counts[i] ?? 0)) / most}px` }} /></td></tr>)}</tbody></table>
        </section>
      )}
      {d.columns && (
        <section>
          <h2>Columns</h2>
          <table>
            <thead><tr><th>Name</th><th>Type</th><th>Values</th></tr></thead>
            <tbody>{d.columns.map((c) => <tr><td>{c.name}</td><td>{c.type}</td><td>{c.categories ? c.categories.slice(0, 12).join(', ') : c.statistics && `${number(c.statistics.minimum)} to ${number(c.statistics.maximum)}, mean ${number(c.statistics.mean)}`}</td></tr>)}</tbody>
          </table>
        </section>
      )}
    </>
  );
}

function Sheet({ name }: { name: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    void getBlob(`/datasets/${encodeURIComponent(name)}/preview?format=png&rows=8`).then(dataUrl).then(setAddress).catch(() => undefined);
  }, [name]);
  return address ? <section><h2>Samples, a line a class</h2><img class="sheet" src={address} alt={`Samples of ${name}, one line for each class`} /></section> : null;
}

function Rows({ name }: { name: string }) {
  const { value } = useResource<Preview>(`/datasets/${encodeURIComponent(name)}/preview?rows=8`);
  if (!value?.rows.length) return null;
  return (
    <section>
      <h2>First rows</h2>
      <Scroll label="First rows"><table><tbody>{value.rows.map((r) => <tr><td><code>{JSON.stringify(r.input)}</code></td><td>{r.class ?? (r.target == null ? '' : JSON.stringify(r.target))}</td></tr>)}</tbody></table></Scroll>
    </section>
  );
}
