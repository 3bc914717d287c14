import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Chart, type Line, type Mark } from '../charts/Chart';
import { colours, column, metricNames, smooth } from '../charts/series';
import { ApiError, get, post } from '../lib/api';
import { bytes, duration, number, percent, time, took } from '../lib/format';
import { follow } from '../lib/live';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Checkpoint, Epoch, Job, JobEvent, JsonObject, Problem } from '../lib/types';
import { Drawn, hold, undraw, type Drawing } from '../parts/Drawn';
import { Finder, type FinderPoint } from '../parts/Finder';
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
const mostPoints = 2000;

/** One job: its curves as they come, what it is made of, what has happened. */
export function JobPage({ id }: { id: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const { value: job, problem: missing, reload } = useResource<Job>(`/jobs/${id}`);
  const history = useHistory(id, reload);
  if (!job) return <Problems problem={missing} />;
  const act = async (action: string) => {
    setProblem(null);
    try {
      await post(`/jobs/${id}/${action}`);
      reload();
    } catch (e) {
      if (e instanceof ApiError) setProblem(e.problem);
    }
  };
  const progress = history.progress ?? job.progress;
  return (
    <>
      <div class="bar-row">
        <h1>{job.name ?? job.id}</h1>
        <StatusBadge status={job.status} />
        <span class="spacer" />
        <span class="actions">
          {(actions[job.status] ?? []).map((a) => <button onClick={() => act(a)}>{a[0]!.toUpperCase() + a.slice(1)}</button>)}
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
      <Finder curve={history.curve} found={job.summary?.lr_find} />
      {job.kind === 'sweep' ? <Ranking job={job} /> : job.kind !== 'lr_find' && <Curves epochs={history.epochs} marks={history.marks} />}
      <Drawn drawings={history.drawings} />
      {job.kind !== 'sweep' && (
        <section>
          <h2>Checkpoints</h2>
          <Checkpoints id={id} turn={history.checkpoints} />
        </section>
      )}
      {job.warnings.length > 0 && (
        <section><h2>Advice</h2><ul>{job.warnings.map((w) => <li><code>{w.pointer}</code> {w.detail} {w.remedy}</li>)}</ul></section>
      )}
      {job.summary?.layers && <section><h2>Network</h2><Totals summary={job.summary} /><details open={job.summary.layers.length < 30}><summary>{job.summary.layers.length} layers</summary><Layers layers={job.summary.layers} model={job.resolved.model} /></details></section>}
      <section>
        <h2>Spec</h2>
        <dl class="facts">
          <div><dt>Id</dt><dd><code>{job.id}</code></dd></div>
          <div><dt>Created</dt><dd>{time(job.created_at)}</dd></div>
          <div><dt>Ran for</dt><dd>{took(job.started_at, job.finished_at)}</dd></div>
          <div><dt>Attempt</dt><dd>{job.attempt}</dd></div>
        </dl>
        <details><summary>As sent</summary><pre>{pretty(job.spec)}</pre></details>
        <details><summary>As resolved: every default filled in</summary><pre>{pretty(job.resolved)}</pre></details>
      </section>
      <Lineage job={job} />
      <section><h2>Events</h2><Log events={history.log} /></section>
    </>
  );
}

interface History {
  epochs: Epoch[];
  curve: FinderPoint[];
  marks: Mark[];
  drawings: Drawing[];
  log: JobEvent[];
  progress: Job['progress'];
  checkpoints: number;
}

interface Metrics {
  epochs: Epoch[];
  curve: FinderPoint[] | null;
  next: number;
}

const none = (): History => ({ epochs: [], curve: [], marks: [], drawings: [], log: [], progress: null, checkpoints: 0 });
const eventsOf = (id: string, type: string) => get<{ events: JobEvent[] }>(`/jobs/${id}/events?type=${type}&limit=300`).then((e) => e.events);

/** What is marked on the time axis: phases, pauses and restarts by name, checkpoints as ticks. */
function marksOf(epochs: Epoch[], events: JobEvent[]): Mark[] {
  const marks: Mark[] = [];
  epochs.forEach((e, i) => { if (i > 0 && typeof e.phase === 'number' && e.phase !== epochs[i - 1]!.phase) marks.push({ x: epochs[i - 1]!.epoch, label: `phase ${e.phase + 1}` }); });
  let at = 0, ran = false;
  for (const event of events) {
    if (event.type === 'epoch') at = Number(event.data.epoch);
    else if (event.type === 'checkpoint') marks.push({ x: at = Number(event.data.epoch) });
    else if (event.type === 'status' && typeof event.data.epoch === 'number') at = event.data.epoch;
    if (event.type === 'status') {
      if (event.data.status === 'paused' || (event.data.status === 'running' && ran)) marks.push({ x: at, label: event.data.status === 'paused' ? 'paused' : 'resumed' });
      ran ||= event.data.status === 'running';
    }
    if (event.type === 'log' && event.data.epoch !== undefined) marks.push({ x: Number(event.data.epoch), label: String(event.data.message).slice(0, 24) });
  }
  return marks;
}

// The past as the service thins it out, then every event as it comes. Events within a frame are drawn together.
function useHistory(id: string, changed: () => void): History {
  const [, draw] = useState(0);
  const held = useRef<History>(none());
  const marking = useRef<JobEvent[]>([]);
  useEffect(() => {
    held.current = none();
    marking.current = [];
    let stop = () => {};
    let gone = false;
    let frame = 0;
    // The log is told again from its beginning: where it is, not where the curves end.
    let seen = 0;
    const redraw = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw((n) => n + 1); }); };
    const take = (event: JobEvent) => {
      const h = held.current;
      if (event.type === 'epoch') {
        const { figures: epoch, sheets } = undraw(event.data as unknown as Epoch);
        seen = epoch.epoch;
        // The curves came without pictures: those of the past are in the events told again.
        if (sheets.length) h.drawings = hold(h.drawings, { epoch: epoch.epoch, sheets });
        redraw();
        if (epoch.epoch <= (h.epochs.at(-1)?.epoch ?? 0)) return;
        const before = h.epochs.at(-1);
        h.epochs = thin([...h.epochs, epoch]);
        if (before && before.phase !== epoch.phase) mark();
      } else if (event.type === 'progress') {
        h.progress = event.data as unknown as Job['progress'];
        const figures = event.data.metrics as JsonObject | undefined;
        if (figures && typeof figures.learning_rate === 'number') h.curve = [...h.curve, { step: Number(event.data.step), ...figures } as unknown as FinderPoint];
      } else {
        if (h.log.some((e) => e.seq === event.seq)) return;
        h.log = [...h.log.slice(-499), event];
        if (event.type === 'checkpoint') h.checkpoints++;
        if (event.type === 'status') changed();
        if (event.type === 'status' || event.type === 'checkpoint' || event.type === 'log') {
          // Where it stands among the epochs is known now, not later.
          marking.current.push({ ...event, data: { ...event.data, epoch: event.data.epoch ?? (event.type === 'status' ? seen : undefined) } as JsonObject });
          mark();
        }
      }
      redraw();
    };
    const mark = () => { held.current.marks = marksOf(held.current.epochs, marking.current); };
    void get<Metrics>(`/jobs/${id}/metrics?max_points=${mostPoints}`).then(async (m) => {
      const long = m.epochs.length >= mostPoints;
      // A long history comes thinned, and what happened beside it by type; then only the last events and what follows are told one by one.
      const past = long ? (await Promise.all(['status', 'checkpoint', 'log', 'warning'].map((t) => eventsOf(id, t)))).flat().sort((a, b) => a.seq - b.seq) : [];
      if (gone) return;
      held.current.epochs = m.epochs;
      held.current.curve = m.curve ?? [];
      held.current.log = past.slice(-500);
      marking.current = past;
      mark();
      redraw();
      stop = follow(id, long ? Math.max(0, m.next - 200) : 0, take);
    }).catch(() => undefined);
    return () => {
      gone = true;
      stop();
      cancelAnimationFrame(frame);
    };
  }, [id]);
  return held.current;
}

const thin = (epochs: Epoch[]) => (epochs.length <= 2 * mostPoints ? epochs : epochs.filter((_, i) => i % 2 === 0 || i === epochs.length - 1));

function Curves({ epochs, marks }: { epochs: Epoch[]; marks: Mark[] }) {
  const [weight, setWeight] = useState(0);
  const [log, setLog] = useState(false);
  const x = useMemo(() => epochs.map((e) => e.epoch), [epochs]);
  const charts = useMemo(() => {
    const pair = (name: string): { title: string; lines: Line[] } => ({
      title: name,
      lines: [
        { label: 'train', colour: colours[0]!, values: smooth(column(epochs, name), weight) },
        { label: 'validation', colour: colours[1]!, values: smooth(column(epochs, `val_${name}`), weight) },
      ].filter((l) => l.values.some((v) => v !== null)),
    });
    const single = (title: string, ...names: string[]) => ({
      title, lines: names.map((n, i): Line => ({ label: n.replaceAll('_', ' '), colour: colours[2 + i]!, values: column(epochs, n) })).filter((l) => l.values.some((v) => v !== null)),
    });
    return [...metricNames(epochs).map(pair), single('learning rate', 'learning_rate'), single('norms', 'gradient_norm', 'weight_norm'), single('samples a second', 'samples_per_second')].filter((c) => c.lines.length > 0);
  }, [epochs, weight]);
  if (epochs.length === 0) return <p class="empty">No epoch is over yet.</p>;
  return (
    <section aria-label="Curves">
      <div class="bar-row">
        <label>Smoothing <input type="range" min="0" max="0.95" step="0.05" value={weight} onInput={(e) => setWeight(Number(e.currentTarget.value))} /></label>
        <label><input type="checkbox" checked={log} onChange={(e) => setLog(e.currentTarget.checked)} /> logarithmic</label>
        <small>Drag to zoom, double click to see all.</small>
      </div>
      <div class="charts">
        {charts.map((c) => <Chart key={c.title} title={c.title} x={x} lines={c.lines} xLabel="epoch" log={log} marks={marks} group="job" />)}
      </div>
    </section>
  );
}

function Checkpoints({ id, turn }: { id: string; turn: number }) {
  const { value, reload } = useResource<{ checkpoints: Checkpoint[] }>(`/jobs/${id}/checkpoints`);
  useEffect(() => { if (turn) reload(); }, [turn]);
  if (!value?.checkpoints.length) return <p class="empty">None yet.</p>;
  return (
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
  );
}

function Log({ events }: { events: JobEvent[] }) {
  return (
    <ol class="log" reversed tabIndex={0} aria-label="Events, newest first">
      {events.toReversed().map((e) => <li key={e.seq}><time>{time(e.at)}</time> <b>{e.type}</b> {Object.entries(e.data).filter(([, v]) => typeof v !== 'object').map(([k, v]) => `${k} ${v}`).join(', ')}</li>)}
    </ol>
  );
}
