import { useEffect } from 'preact/hooks';
import { useAction } from '../lib/action';
import { post } from '../lib/api';
import { typeOf } from '../lib/catalog';
import { bytes, duration, number, percent, time, took } from '../lib/format';
import { useHistory } from '../lib/history';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Checkpoint, Job, JobEvent, JsonObject } from '../lib/types';
import { Curves } from '../parts/Curves';
import { Drawn } from '../parts/Drawn';
import { Finder } from '../parts/Finder';
import { Layers, Totals } from '../parts/Layers';
import { Lineage } from '../parts/Lineage';
import { pretty } from '../parts/pretty';
import { Problems } from '../parts/Problems';
import { Ranking } from '../parts/Ranking';
import { Scroll } from '../parts/Scroll';
import { StatusBadge } from '../parts/StatusBadge';

const actions: Record<string, string[]> = {
  queued: ['pause', 'cancel'], running: ['pause', 'stop', 'cancel'], pausing: ['cancel'], paused: ['resume', 'stop', 'cancel'], stopping: ['cancel'],
};

/** One job: its curves as they come, what it is made of, what has happened. */
export function JobPage({ id }: { id: string }) {
  const { busy, problem, run } = useAction();
  const { value: job, problem: missing, reload } = useResource<Job>(`/jobs/${id}`);
  const history = useHistory(id, reload);
  if (!job) return <Problems problem={missing} />;
  const act = (action: string) => run(() => post(`/jobs/${id}/${action}`)).then(reload);
  const progress = history.progress ?? job.progress;
  return (
    <>
      <div class="bar-row">
        <h1>{job.name ?? job.id}</h1>
        <StatusBadge status={job.status} />
        <span class="spacer" />
        <span class="actions">
          {(actions[job.status] ?? []).map((a) => <button disabled={busy} onClick={() => act(a)}>{a[0]!.toUpperCase() + a.slice(1)}</button>)}
          <a class="button" href={`#/new?from=${id}`}>Fork or change</a>
          <button onClick={() => go(`/compare?jobs=${id}`)}>Compare</button>
        </span>
      </div>
      <Problems problem={problem} />
      {job.reason && <p class={job.status === 'failed' ? 'problem' : 'note'}>{job.reason}</p>}
      {job.waiting_for && <p class="note">Waits until <a href={`#/jobs/${job.waiting_for}`}>{job.waiting_for}</a> has succeeded.</p>}
      {progress && !job.terminal && (
        <p class="progress-line">
          <progress max={1} value={progress.fraction} aria-label="Progress" /> {percent(progress.fraction)}: {job.kind === 'sweep' ? 'trial' : 'epoch'} {progress.epoch} of {progress.epochs}
          {!!progress.samples_per_second && `, ${number(Math.round(progress.samples_per_second))} samples a second`}
          {progress.eta_seconds !== null && `, ${duration(progress.eta_seconds)} left`}
        </p>
      )}
      <Outcome job={job} />
      <Finder curve={history.curve} found={job.summary?.lr_find} />
      {job.kind === 'sweep' ? <Ranking job={job} /> : job.kind !== 'lr_find' && <Curves epochs={history.epochs} marks={history.marks} over={job.terminal} />}
      <Drawn drawings={history.drawings} />
      {job.kind !== 'sweep' && <Checkpoints job={job} turn={history.checkpoints} />}
      {job.warnings.length > 0 && (
        <section><h2>Advice</h2><ul>{job.warnings.map((w) => <li><code>{w.pointer}</code> {w.detail} {w.remedy}</li>)}</ul></section>
      )}
      {job.summary?.layers && <section><h2>Network</h2><Totals summary={job.summary} /><Layers layers={job.summary.layers} open /></section>}
      <section>
        <h2>Spec</h2>
        <details><summary>As sent</summary><pre>{pretty(job.spec)}</pre></details>
        <details><summary>As resolved: every default filled in</summary><pre>{pretty(job.resolved)}</pre></details>
      </section>
      <Lineage job={job} />
      <section><h2>Events</h2><Log events={history.log} /></section>
    </>
  );
}

function Checkpoints({ job, turn }: { job: Job; turn: number }) {
  const { value, reload } = useResource<{ checkpoints: Checkpoint[] }>(`/jobs/${job.id}/checkpoints`);
  useEffect(() => { if (turn) reload(); }, [turn]);
  if (!value?.checkpoints.length) return job.terminal ? null : <section><h2>Checkpoints</h2><p class="empty">None yet.</p></section>;
  return (
    <section>
      <h2>Checkpoints</h2>
      <Scroll label="Checkpoints">
        <table>
          <thead><tr><th>Checkpoint</th><th class="n">Epoch</th><th>Why</th><th>Metrics</th><th class="n">Size</th></tr></thead>
          <tbody>
            {value.checkpoints.map((c) => (
              <tr>
                <td><a href={`#/checkpoints/${c.id}`}>{c.id}</a></td><td class="n">{c.epoch}</td><td>{c.reason}</td>
                <td>{Object.entries(c.metrics).map(([n, v]) => `${n} ${number(v)}`).join(', ')}</td><td class="n">{bytes(c.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Log({ events }: { events: JobEvent[] }) {
  return (
    <ol class="log" reversed tabIndex={0} aria-label="Events, newest first">
      {events.toReversed().map((e) => <li key={e.seq}><time>{time(e.at)}</time> <b>{e.type}</b> {told(e)}</li>)}
    </ol>
  );
}

/** What an event says, in words; of others their plain values. */
function told({ type, data }: JobEvent) {
  if (type === 'checkpoint') return <><a href={`#/checkpoints/${data.id}`}>{String(data.id)}</a> of epoch {String(data.epoch)} ({String(data.reason)}), {bytes(Number(data.bytes))}</>;
  if (type === 'status') return <>{String(data.status)}{Number(data.attempt) > 1 && `, attempt ${data.attempt}`}{data.reason && `: ${data.reason}`}</>;
  if (type === 'log' || type === 'warning') return <>{String(data.message ?? data.detail ?? '')} {String(data.remedy ?? '')}</>;
  return <>{Object.entries(data).filter(([, v]) => typeof v !== 'object').map(([k, v]) => `${k} ${v}`).join(', ')}</>;
}

/** The outcome so far, and what it came from. */
function Outcome({ job }: { job: Job }) {
  const dataset = (job.resolved.dataset as JsonObject | null)?.name, optimizer = typeOf(job.resolved.optimizer);
  const best = job.best as ({ checkpoint?: string; epoch?: number } & Record<string, unknown>) | null;
  const figures = Object.entries(best ?? {}).filter((f): f is [string, number] => typeof f[1] === 'number' && f[0] !== 'epoch' && f[0] !== 'trial');
  return (
    <dl class="facts">
      {figures.length > 0 && <div><dt>Best{best!.epoch !== undefined && `, in epoch ${best!.epoch}`}</dt><dd>{figures.map(([n, v]) => `${n.replace('_', ' ')} ${number(v)}`).join(', ')}</dd></div>}
      {best?.checkpoint && <div><dt>Its checkpoint</dt><dd><a href={`#/checkpoints/${best.checkpoint}`}>Try it</a></dd></div>}
      {typeof dataset === 'string' && <div><dt>Data</dt><dd><a href={`#/datasets/${dataset}`}>{dataset}</a></dd></div>}
      {optimizer && <div><dt>Optimizer</dt><dd>{optimizer}</dd></div>}
      {Object.entries(job.labels).map(([k, v]) => <div><dt>{k}</dt><dd>{v || 'yes'}</dd></div>)}
      <div><dt>Created</dt><dd>{time(job.created_at)}</dd></div>
      {job.started_at && <div><dt>{job.terminal ? 'Ran for' : 'Runs for'}</dt><dd>{took(job.started_at, job.finished_at)}</dd></div>}
      {job.attempt > 1 && <div><dt>Attempt</dt><dd>{job.attempt}</dd></div>}
      <div><dt>Id</dt><dd><code>{job.id}</code></dd></div>
    </dl>
  );
}
