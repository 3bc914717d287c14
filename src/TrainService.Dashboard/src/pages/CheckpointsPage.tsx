import { useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { postForm } from '../lib/api';
import { bytes, number, shape, time } from '../lib/format';
import { useResource } from '../lib/poll';
import type { Checkpoint, ImportReport } from '../lib/types';
import { Problems } from '../parts/Problems';
import { Scroll } from '../parts/Scroll';

/** Trained networks: from jobs, and from elsewhere. */
export function CheckpointsPage() {
  const { value, problem } = useResource<{ checkpoints: Checkpoint[] }>('/checkpoints', 5000);
  return (
    <>
      <h1>Checkpoints</h1>
      <Problems problem={problem} />
      <ImportForm />
      <Scroll label="Checkpoints">
        <table>
          <thead><tr><th>Checkpoint</th><th>Job</th><th class="n">Epoch</th><th>Metrics</th><th class="n">Size</th><th>Made</th></tr></thead>
          <tbody>
            {(value?.checkpoints ?? []).map((c) => (
              <tr>
                <td><a href={`#/checkpoints/${c.id}`}>{c.id}</a></td><td>{c.job ? <a href={`#/jobs/${c.job}`}>{c.job}</a> : 'imported'}</td><td class="n">{c.epoch}</td>
                <td>{Object.entries(c.metrics).slice(0, 4).map(([n, v]) => `${n} ${number(v)}`).join(', ')}</td><td class="n">{bytes(c.bytes)}</td><td>{time(c.created_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function ImportForm() {
  const { busy, problem, run } = useAction();
  const [made, setMade] = useState<(Checkpoint & { report?: ImportReport }) | null>(null);
  const send = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData();
    const elements = (e.currentTarget as HTMLFormElement).elements;
    const model = (elements.namedItem('model') as HTMLTextAreaElement).value.trim();
    const file = (elements.namedItem('weights') as HTMLInputElement).files?.[0];
    if (model) form.append('model', model);
    if (file) form.append('weights', file, file.name);
    setMade(await run(() => postForm<Checkpoint & { report?: ImportReport }>('/checkpoints', form)));
  };
  return (
    <details class="panel">
      <summary>Bring a network from elsewhere</summary>
      <form onSubmit={send} class="upload">
        <label>Weights <input type="file" name="weights" required /></label>
        <label>Model <textarea name="model" rows={2} placeholder="as JSON; not needed for files that hold the model: .keras, whole .h5" /></label>
        <button type="submit" disabled={busy}>Import</button>
        <Problems problem={problem} />
      </form>
      {made && <Imported made={made} />}
    </details>
  );
}

/** Where the tensors of the file went, and the way to the new checkpoint. */
function Imported({ made }: { made: Checkpoint & { report?: ImportReport } }) {
  const parts = ([['not in the file', 'missing'], ['not in the model', 'unexpected'], ['of another shape', 'shape_mismatch']] as const).filter(([, member]) => made.report?.[member].length);
  return (
    <div role="status">
      <p><a href={`#/checkpoints/${made.id}`}>{made.id}</a> is here{made.report && `: ${made.report.loaded.length} tensors were loaded`}.</p>
      {parts.map(([title, member]) => <details><summary>{made.report![member].length} {title}</summary><ul>{made.report![member].map((t) => <li><code>{typeof t === 'string' ? t : t.name}</code>{typeof t !== 'string' && ` ${shape(t.expected)} wanted, ${shape(t.got)} in the file`}</li>)}</ul></details>)}
    </div>
  );
}
