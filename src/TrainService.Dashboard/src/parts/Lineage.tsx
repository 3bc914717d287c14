import { useResource } from '../lib/poll';
import type { Job } from '../lib/types';

/** Where a job comes from, and what came of it. */
export function Lineage({ job }: { job: Job }) {
  const forks = useResource<{ jobs: Job[] }>(`/jobs?forked_from=${job.id}&limit=50`);
  const children = useResource<{ jobs: Job[] }>(`/jobs?parent=${job.id}&limit=50`);
  const to = (id: string, title = id) => <a href={`#/jobs/${id}`}>{title}</a>;
  const facts: [string, preact.JSX.Element][] = [];
  if (job.forked_from) facts.push(['Forked from', to(job.forked_from)]);
  if (job.parent) facts.push(['After', to(job.parent)]);
  if (job.from_checkpoint) facts.push(['Began as', <a href={`#/checkpoints/${job.from_checkpoint}`}>{job.from_checkpoint}</a>]);
  if (job.sweep && job.sweep !== job.id) facts.push(['Trial of', <>{to(job.sweep)} (number {job.trial})</>]);
  if (job.chain && job.chain !== job.id) facts.push(['Of the chain', to(job.chain)]);
  const several = (jobs: Job[]) => <>{jobs.map((f, i) => <>{i > 0 && ', '}{to(f.id, f.name ?? f.id)}</>)}</>;
  if (children.value?.jobs.length) facts.push(['Before', several(children.value.jobs)]);
  if (forks.value?.jobs.length) facts.push(['Forks', several(forks.value.jobs)]);
  if (facts.length === 0) return null;
  return <section><h2>Lineage</h2><dl class="facts">{facts.map(([name, link]) => <div><dt>{name}</dt><dd>{link}</dd></div>)}</dl></section>;
}
