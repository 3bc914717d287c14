import { useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { ApiError, post } from '../lib/api';
import { isPicture, number } from '../lib/format';
import type { Checkpoint, Evaluation } from '../lib/types';
import { Confusion } from './Confusion';
import { Problems } from './Problems';
import { Worst } from './Worst';

/** How good a network is on what it has not learned from, and where it errs. */
export function Evaluate({ id, checkpoint }: { id: string; checkpoint: Checkpoint }) {
  const [value, setValue] = useState<Evaluation | null>(null);
  const { busy, problem, run } = useAction();
  const measure = async () => setValue(await run(() => post<Evaluation>(`/checkpoints/${id}/evaluate`, { worst: 12 }).catch((e: unknown) => {
    // Losses that judge batches have no worst rows.
    if (e instanceof ApiError && e.problem.errors?.some((x) => x.pointer === '/worst')) return post<Evaluation>(`/checkpoints/${id}/evaluate`, {});
    throw e;
  })));
  return (
    <section class="panel">
      <div class="bar-row"><h2>How good is it</h2><button onClick={measure} disabled={busy}>{busy ? 'Measuring' : 'Measure on its dataset'}</button></div>
      <Problems problem={problem} />
      {value && (
        <>
          <p>{number(value.rows)} rows of the {value.part} part of {value.dataset}: {Object.entries(value.metrics).map(([n, v]) => `${n} ${number(v)}`).join(', ')}</p>
          {value.confusion && <Confusion confusion={value.confusion} />}
          <Worst id={id} evaluation={value} pictures={isPicture(checkpoint.model.input_shape)} classes={checkpoint.model.class_names} />
        </>
      )}
    </section>
  );
}
