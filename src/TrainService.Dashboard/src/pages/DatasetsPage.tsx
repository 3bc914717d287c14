import { useState } from 'preact/hooks';
import { ApiError, upload } from '../lib/api';
import { bytes, number, percent, shape } from '../lib/format';
import { readObject } from '../lib/json';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Dataset, Problem } from '../lib/types';
import { Problems } from '../parts/Problems';
import { Scroll } from '../parts/Scroll';

/** What there is to learn from, and how to bring more. */
export function DatasetsPage() {
  const { value, problem } = useResource<{ datasets: Dataset[] }>('/datasets');
  return (
    <>
      <h1>Data</h1>
      <Problems problem={problem} />
      <UploadForm />
      <Scroll label="Datasets">
        <table>
          <thead><tr><th>Name</th><th>Kind</th><th class="n">Input</th><th>Target</th><th class="n">Train</th><th class="n">Validation</th><th class="n">Test</th><th class="n">On disk</th></tr></thead>
          <tbody>
            {(value?.datasets ?? []).map((d) => (
              <tr>
                <td><a href={`#/datasets/${d.name}`}>{d.name}</a>{d.built_in && <small> built in</small>}</td><td>{d.kind}</td><td class="n">{shape(d.input_shape)}</td>
                <td>{d.target.class_names ? `${d.target.class_names.length} classes` : d.target.kind === 'inputs' ? 'no labels' : d.target.kind}</td>
                <td class="n">{number(d.counts.train)}</td><td class="n">{number(d.counts.validation)}</td><td class="n">{number(d.counts.test)}</td><td class="n">{d.bytes ? bytes(d.bytes) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function UploadForm() {
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [over, setOver] = useState(false);
  const [files, setFiles] = useState<File[]>([]);
  const [columns, setColumns] = useState<string[]>([]);
  const [name, setName] = useState('');
  const [spec, setSpec] = useState('');
  const take = async (chosen: File[]) => {
    setFiles(chosen);
    const only = chosen.length === 1 ? chosen[0]! : null;
    setColumns(only ? await columnsOf(only) : []);
    if (only) setName((n) => n || only.name.replace(/\..*$/, '').toLowerCase().replace(/[^a-z0-9_\-.]+/g, '-').replace(/^[^a-z0-9]+/, ''));
  };
  const options = readObject(spec || '{}');
  const label = 'value' in options ? options.value.label : undefined;
  const send = async (e: SubmitEvent) => {
    e.preventDefault();
    const body = new FormData();
    body.append('name', name);
    if (spec.trim()) body.append('spec', spec);
    for (const file of files) body.append('file', file, file.name);
    setProblem(null);
    setShare(0);
    try {
      await upload<Dataset>('/datasets', body, setShare);
      go(`/datasets/${name}`);
    } catch (x) {
      if (x instanceof ApiError) setProblem(x.problem);
    } finally {
      setShare(null);
    }
  };
  return (
    <form
      class={`panel upload ${over ? 'over' : ''}`} onSubmit={send}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(e) => { e.preventDefault(); setOver(false); void take([...(e.dataTransfer?.files ?? [])]); }}
    >
      <h2>Bring your own</h2>
      <p>CSV with a header, JSON Lines, NPZ with <code>x</code> and <code>y</code>, IDX, or a zip of class folders with JPEG and PNG pictures; without labels with <code>{'{"target": "none"}'}</code> as an option. Drop files here or choose them.</p>
      <label>Files <input type="file" multiple onChange={(e) => void take([...(e.currentTarget.files ?? [])])} /></label>
      <label>Name <input value={name} onInput={(e) => setName(e.currentTarget.value)} required pattern="[a-z0-9][a-z0-9_\-.]*" placeholder="my-data" /></label>
      {columns.length > 0 && (
        <label>To be predicted <select value={typeof label === 'string' ? label : ''} onChange={(e) => setSpec(JSON.stringify({ ...('value' in options ? options.value : {}), label: e.currentTarget.value }))}>
          <option value="">choose a column …</option>
          {columns.map((c) => <option>{c}</option>)}
        </select></label>
      )}
      <label>Options <textarea value={spec} onInput={(e) => setSpec(e.currentTarget.value)} rows={1} placeholder='{"label": "species"} or {"image_size": [96, 96]}' /></label>
      <button type="submit" disabled={files.length === 0 || share !== null}>Upload {files.map((f) => f.name).join(', ')}</button>
      {share !== null && <p role="status"><progress max={1} value={share} /> {share < 1 ? percent(share) : 'checking'}</p>}
      <Problems problem={problem} />
    </form>
  );
}

/** Names of the columns of a table, as far as its first line tells them. */
async function columnsOf(file: File): Promise<string[]> {
  if (!/\.(csv|jsonl|ndjson)$/i.test(file.name)) return [];
  const line = (await file.slice(0, 65_536).text()).split(/\r?\n/)[0]!;
  if (!/csv$/i.test(file.name)) {
    const row = readObject(line);
    return 'value' in row ? Object.keys(row.value) : [];
  }
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1]!.replace(/^"|"$/g, '').replaceAll('""', '"').trim()).filter(Boolean);
}
