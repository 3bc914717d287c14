import { number } from '../lib/format';
import { useResource } from '../lib/poll';
import type { Job, Json, Trial, Trials } from '../lib/types';
import { Problems } from './Problems';
import { Scroll } from './Scroll';
import { StatusBadge } from './StatusBadge';

type Point = Trials['ranking'][number];

const plain = (value: Json | undefined) => (typeof value === 'number' ? number(value) : typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** The trials of a sweep, the best combination of values first, kept fresh until it is over. */
export function Ranking({ job }: { job: Job }) {
  const { value: found, problem } = useResource<Trials>(`/jobs/${job.id}/trials`, job.terminal ? undefined : 1000);
  if (!found) return <Problems problem={problem} />;
  const places = [...new Set(found.ranking.flatMap((p) => Object.keys(p.values)))];
  const several = found.ranking.some((p) => p.trials.length > 1);
  const running = found.ranking.flatMap((p) => p.trials).filter((t) => t.job).slice(0, 8).map((t) => t.job);
  return (
    <section>
      <h2>Trials</h2>
      <div class="bar-row">
        <span>{found.finished} of {found.trials} are over; {found.method}, {found.mode === 'max' ? 'the most' : 'the least'} {found.monitor} is best{several && ', in the mean over the seeds'}.</span>
        {running.length > 1 && <a class="button" href={`#/compare?jobs=${running.join(',')}`}>Compare the first {running.length}</a>}
      </div>
      <Scroll label="Trials, the best first">
        <table class="ranking">
          <thead>
            <tr>
              <th class="n">Rank</th>{places.map((p) => <th><code>{p}</code></th>)}{several && <><th class="n">Mean</th><th class="n">Deviation</th></>}
              <th>Trial</th>{several && <th class="n">Seed</th>}<th class="n">{found.monitor}</th><th class="n">Epochs</th><th>Status</th><th>Checkpoint</th>
            </tr>
          </thead>
          {found.ranking.map((p) => <tbody key={JSON.stringify(p.values)}>{p.trials.map((t, i) => <Row key={t.trial} point={i === 0 ? p : null} trial={t} places={places} several={several} />)}</tbody>)}
        </table>
      </Scroll>
    </section>
  );
}

/** A trial; the first of a combination has what holds for all of them. */
function Row({ point, trial: t, places, several }: { point: Point | null; trial: Trial; places: string[]; several: boolean }) {
  const span = point?.trials.length;
  return (
    <tr>
      {point && <><td class="n" rowSpan={span}>{point.rank ?? '–'}</td>{places.map((p) => <td rowSpan={span}>{plain(point.values[p])}</td>)}</>}
      {point && several && <><td class="n" rowSpan={span}>{number(point.mean)}</td><td class="n" rowSpan={span}>{number(point.deviation)}</td></>}
      <td>{t.job ? <a href={`#/jobs/${t.job}`}>number {t.trial}</a> : `number ${t.trial}`}</td>
      {several && <td class="n">{t.seed}</td>}
      <td class="n">{number(t.value)}{t.epoch !== null && <small> in epoch {t.epoch}</small>}</td>
      <td class="n">{t.epochs}</td>
      <td>{t.status ? <StatusBadge status={t.status} /> : <small>to come</small>}</td>
      <td>{t.checkpoint && <a href={`#/checkpoints/${t.checkpoint}`}>{t.checkpoint}</a>}</td>
    </tr>
  );
}
