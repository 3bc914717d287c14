import { useAction } from '../lib/action';
import { remove } from '../lib/api';
import { bytes, number, shape, time } from '../lib/format';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Checkpoint } from '../lib/types';
import { Evaluate } from '../parts/Evaluate';
import { Export } from '../parts/Export';
import { Inside } from '../parts/Inside';
import { Problems } from '../parts/Problems';
import { TryIt } from '../parts/TryIt';

/** One trained network: where it comes from, how good it is, and a place to try it. */
export function CheckpointPage({ id }: { id: string }) {
  const { value: c, problem } = useResource<Checkpoint>(`/checkpoints/${id}`);
  const { busy, problem: refused, run } = useAction();
  const drop = async () => {
    if (confirm('Delete this checkpoint? This can\'t be undone.') && (await run(() => remove(`/checkpoints/${id}`).then(() => true)))) go(c?.job ? `/jobs/${c.job}` : '/checkpoints');
  };
  if (!c) return <Problems problem={problem} />;
  return (
    <>
      <div class="bar-row">
        <h1>Checkpoint</h1><code>{c.id}</code><span class="spacer" />
        <a class="button" href={`#/new?checkpoint=${id}`}>Train it further</a>
        <button onClick={drop} disabled={busy}>Delete</button>
      </div>
      <Problems problem={refused} />
      <dl class="facts">
        {c.job && <div><dt>Job</dt><dd><a href={`#/jobs/${c.job}`}>{c.job}</a></dd></div>}
        {c.parent && <div><dt>Began as</dt><dd><a href={`#/checkpoints/${c.parent}`}>{c.parent}</a></dd></div>}
        <div><dt>Epoch</dt><dd>{c.epoch}</dd></div>
        <div><dt>Made</dt><dd>{time(c.created_at)}</dd></div>
        <div><dt>Size</dt><dd>{bytes(c.bytes)}</dd></div>
        <div><dt>Input</dt><dd>{shape(c.model.input_shape)}</dd></div>
        {c.model.dataset && <div><dt>Learned from</dt><dd><a href={`#/datasets/${c.model.dataset}`}>{c.model.dataset}</a></dd></div>}
        {Object.entries(c.metrics).map(([n, v]) => <div><dt>{n}</dt><dd>{number(v)}</dd></div>)}
        <div><dt>SHA-256</dt><dd><code class="hash">{c.sha256}</code></dd></div>
      </dl>
      <TryIt id={id} checkpoint={c} />
      <Evaluate id={id} checkpoint={c} />
      <Inside id={id} size={c.model.input_shape.reduce((a, b) => a * b, 1)} />
      <Export id={id} />
    </>
  );
}
