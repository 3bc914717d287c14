import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError, get, post, remove } from '../lib/api';
import { duration, number, percent, time } from '../lib/format';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Epoch, Job, Problem } from '../lib/types';
import { Problems } from '../parts/Problems';
import { Sparkline } from '../parts/Sparkline';
import { StatusBadge } from '../parts/StatusBadge';

const rowHeight = 38;
const pageSize = 200;
const statuses = ['queued', 'running', 'paused', 'succeeded', 'stopped', 'cancelled', 'failed'];
/** As the schema of jobs has them; it is too long to be read for this. A test compares. */
const kinds = ['train', 'lr_find', 'evaluate', 'sweep', 'pretrain_autoencoder', 'pretrain_greedy', 'pretrain_pairs', 'pretrain_rbm', 'gan'];

/** The list, newest first, kept fresh while it is looked at. Only the rows in sight are drawn. */
export function JobsPage() {
  const [status, setStatus] = useState('');
  const [kind, setKind] = useState('');
  const [name, setName] = useState('');
  const [label, setLabel] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [older, setOlder] = useState<Job[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const filter = new URLSearchParams({ limit: String(pageSize), ...(status && { status }), ...(kind && { kind }), ...(name && { name }), ...(label && { label }) }).toString();
  const first = useResource<{ jobs: Job[]; next: string | null }>(`/jobs?${filter}`, 2000);
  useEffect(() => { setOlder([]); setNext(null); setChosen(new Set()); }, [filter]);

  const jobs = useMemo(() => {
    const newest = first.value?.jobs ?? [];
    const known = new Set(newest.map((j) => j.id));
    return [...newest, ...older.filter((j) => !known.has(j.id))];
  }, [first.value, older]);
  const more = older.length ? next : first.value?.next ?? null;

  const loading = useRef(false);
  const loadMore = async () => {
    if (!more || loading.current) return;
    loading.current = true;
    const page = await get<{ jobs: Job[]; next: string | null }>(`/jobs?${filter}&after=${encodeURIComponent(more)}`).catch(() => ({ jobs: [], next: more }));
    setOlder((o) => [...o, ...page.jobs]);
    setNext(page.next);
    loading.current = false;
  };
  const act = (action: string) => each((id) => post(`/jobs/${id}/${action}`));
  const drop = async () => {
    if (!confirm(`Delete ${chosen.size} ${chosen.size === 1 ? 'job' : 'jobs'} with curves and checkpoints? This can't be undone.`)) return;
    await each((id) => remove(`/jobs/${id}`));
    setChosen(new Set());
  };
  const each = async (call: (id: string) => Promise<unknown>) => {
    const refused: string[] = [];
    for (const id of chosen) {
      try {
        await call(id);
      } catch (e) {
        if (e instanceof ApiError) refused.push(`${jobs.find((j) => j.id === id)?.name ?? id}: ${e.message}`);
      }
    }
    setProblem(refused.length === 0 ? null : { title: `Refused for ${refused.length} of ${chosen.size}.`, status: 0, detail: refused.slice(0, 5).join(' ') });
    first.reload();
  };
  const toggle = (id: string) => setChosen((c) => { const s = new Set(c); if (!s.delete(id)) s.add(id); return s; });

  return (
    <>
      <div class="bar-row">
        <h1>Jobs</h1>
        <label>Status <select value={status} onChange={(e) => setStatus(e.currentTarget.value)}><option value="">any</option>{statuses.map((s) => <option>{s}</option>)}</select></label>
        <label>Kind <select value={kind} onChange={(e) => setKind(e.currentTarget.value)}><option value="">any</option>{kinds.map((k) => <option>{k}</option>)}</select></label>
        <label>Name <input type="search" value={name} onInput={(e) => setName(e.currentTarget.value)} placeholder="contains" /></label>
        <label>Label <input type="search" class="short" value={label} onInput={(e) => setLabel(e.currentTarget.value)} placeholder="team:vision" /></label>
        <span class="spacer" />
        {chosen.size > 0 && (
          <span class="actions" role="group" aria-label={`${chosen.size} chosen`}>
            <strong>{chosen.size} chosen</strong>
            {['pause', 'resume', 'stop', 'cancel'].map((a) => <button onClick={() => act(a)}>{a}</button>)}
            <button onClick={drop}>delete</button>
            <button onClick={() => go(`/compare?jobs=${[...chosen].join(',')}`)} disabled={chosen.size < 2}>compare</button>
          </span>
        )}
        <a class="button" href="#/new">New job</a>
      </div>
      <Problems problem={problem ?? first.problem} />
      {first.value && jobs.length === 0
        ? <p class="empty">No jobs{status || kind || name || label ? ' like that' : ' yet'}. <a href="#/new">Start one from a template</a>.</p>
        : <JobTable jobs={jobs} chosen={chosen} toggle={toggle} atEnd={loadMore} toggleAll={() => setChosen((c) => (c.size === jobs.length ? new Set() : new Set(jobs.map((j) => j.id))))} />}
      {more && <button onClick={loadMore}>Older jobs</button>}
    </>
  );
}

function JobTable({ jobs, chosen, toggle, toggleAll, atEnd }: { atEnd: () => void; jobs: Job[]; chosen: ReadonlySet<string>; toggle: (id: string) => void; toggleAll: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const measure = () => setHeight(Math.max(200, innerHeight - (box.current?.getBoundingClientRect().top ?? 0) - 60));
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const names = useMemo(() => new Map(jobs.map((j) => [j.id, j.name])), [jobs]);
  const start = Math.max(0, Math.floor(top / rowHeight) - 8), end = Math.min(jobs.length, Math.ceil((top + height) / rowHeight) + 8);
  return (
    <div class="table-box" ref={box} style={{ maxHeight: `${height}px` }} onScroll={(e) => { const { scrollTop, scrollHeight, clientHeight } = e.currentTarget; setTop(scrollTop); if (scrollHeight - scrollTop < 2 * clientHeight) atEnd(); }} tabIndex={0} role="region" aria-label="List of jobs">
      <table class="jobs" aria-rowcount={jobs.length}>
        <thead>
          <tr><th><input type="checkbox" aria-label="Choose all" checked={jobs.length > 0 && chosen.size === jobs.length} onChange={toggleAll} /></th><th>Name</th><th>Status</th><th>Progress</th><th class="n">Loss</th><th class="n">Best</th><th>Curve</th><th>Created</th></tr>
        </thead>
        <tbody>
          {start > 0 && <tr style={{ height: `${start * rowHeight}px` }} aria-hidden="true"><td colSpan={8} /></tr>}
          {jobs.slice(start, end).map((job) => <Row key={job.id} job={job} chosen={chosen.has(job.id)} toggle={toggle} parent={job.waiting_for && names.get(job.waiting_for)} />)}
          {end < jobs.length && <tr style={{ height: `${(jobs.length - end) * rowHeight}px` }} aria-hidden="true"><td colSpan={8} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

function Row({ job, parent, chosen, toggle }: { job: Job; parent?: string | null; chosen: boolean; toggle: (id: string) => void }) {
  const p = job.progress;
  const best = Object.entries(job.best ?? {}).find(([name]) => name.startsWith('val_') && name !== 'val_loss') ?? Object.entries(job.best ?? {}).find(([name]) => name === 'val_loss');
  return (
    <tr class={chosen ? 'chosen' : ''}>
      <td><input type="checkbox" checked={chosen} onChange={() => toggle(job.id)} aria-label={`Choose ${job.name ?? job.id}`} /></td>
      <td><a href={`#/jobs/${job.id}`}>{job.name ?? job.id}</a>{job.kind !== 'train' && <small> {job.kind}</small>}{Object.entries(job.labels).filter(([k]) => k !== 'sweep').map(([k, v]) => <small class="label"> {k}{v && `:${v}`}</small>)}</td>
      <td><StatusBadge status={job.status} />{job.queue && <small> {job.queue.position} before it</small>}{job.waiting_for && <small> waits for <a href={`#/jobs/${job.waiting_for}`}>{parent ?? job.waiting_for}</a></small>}</td>
      <td>{p && <><progress max={1} value={p.fraction} aria-label={percent(p.fraction)} /> <small>{p.epoch}/{p.epochs}{p.eta_seconds !== null && !job.terminal && `, ${duration(p.eta_seconds)} left`}</small></>}</td>
      <td class="n">{number(job.latest?.loss)}</td>
      <td class="n">{best && `${best[0].replace('val_', '')} ${number(best[1] as number)}`}</td>
      <td><Curve job={job} /></td>
      <td>{time(job.created_at)}</td>
    </tr>
  );
}

function Curve({ job }: { job: Job }) {
  const [values, setValues] = useState<number[]>([]);
  const epoch = job.progress?.epoch ?? 0;
  useEffect(() => {
    if (epoch < 2) return;
    const abort = new AbortController();
    get<{ epochs: Epoch[] }>(`/jobs/${job.id}/metrics?max_points=40`, abort.signal)
      .then((m) => setValues(m.epochs.map((e) => e.val_loss ?? e.loss).filter((v): v is number => typeof v === 'number')))
      .catch(() => undefined);
    return () => abort.abort();
  }, [job.id, epoch]);
  return <Sparkline values={values} title={`Loss of ${job.name ?? job.id} over its epochs`} />;
}
