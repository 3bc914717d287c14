import { useState } from 'preact/hooks';
import { ApiError, postForm } from '../lib/api';
import { bytes, number, time } from '../lib/format';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Checkpoint, Problem } from '../lib/types';
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
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData();
    const elements = (e.currentTarget as HTMLFormElement).elements;
    const model = (elements.namedItem('model') as HTMLTextAreaElement).value.trim();
    const file = (elements.namedItem('weights') as HTMLInputElement).files?.[0];
    if (model) form.append('model', model);
    if (file) form.append('weights', file, file.name);
    setBusy(true);
    setProblem(null);
    try {
      const made = await postForm<{ id?: string; checkpoint?: { id: string } }>('/checkpoints', form);
      go(`/checkpoints/${made.id ?? made.checkpoint!.id}`);
    } catch (x) {
      if (x instanceof ApiError) setProblem(x.problem);
    } finally {
      setBusy(false);
    }
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
    </details>
  );
}
