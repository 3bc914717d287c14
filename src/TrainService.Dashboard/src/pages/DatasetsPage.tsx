import { useState } from 'preact/hooks';
import { ApiError, upload } from '../lib/api';
import { bytes, number, percent, shape } from '../lib/format';
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
                <td>{d.target.class_names ? `${d.target.class_names.length} classes` : d.target.kind}</td>
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
  const send = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const name = (form.elements.namedItem('name') as HTMLInputElement).value;
    const spec = (form.elements.namedItem('spec') as HTMLTextAreaElement).value.trim();
    const body = new FormData();
    body.append('name', name);
    if (spec) body.append('spec', spec);
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
      onDrop={(e) => { e.preventDefault(); setOver(false); setFiles([...(e.dataTransfer?.files ?? [])]); }}
    >
      <h2>Bring your own</h2>
      <p>CSV with a header, JSON Lines, NPZ with <code>x</code> and <code>y</code>, IDX, or a zip of class folders with JPEG and PNG pictures. Drop files here or choose them.</p>
      <label>Files <input type="file" multiple onChange={(e) => setFiles([...(e.currentTarget.files ?? [])])} /></label>
      <label>Name <input name="name" required pattern="[a-z0-9][a-z0-9_\-.]*" placeholder="my-data" /></label>
      <label>Options <textarea name="spec" rows={1} placeholder='{"label": "species"} or {"image_size": [96, 96]}' /></label>
      <button type="submit" disabled={files.length === 0 || share !== null}>Upload {files.map((f) => f.name).join(', ')}</button>
      {share !== null && <p role="status"><progress max={1} value={share} /> {share < 1 ? percent(share) : 'checking'}</p>}
      <Problems problem={problem} />
    </form>
  );
}
