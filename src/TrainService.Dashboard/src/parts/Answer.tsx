import { number, percent } from '../lib/format';
import type { Prediction } from '../lib/types';

/** What a network says to one input: the likeliest classes, or its numbers. */
export function Answer({ answer }: { answer: Prediction }) {
  const classes = answer.classes?.[0];
  if (!classes) return <p>{answer.outputs[0]?.map((v, i) => `${number(v)}${answer.std ? ` ± ${number(answer.std[0]?.[i])}` : ''}`).join(', ')}</p>;
  return (
    <ol class="answer">
      {classes.map((c) => (
        <li>
          <span class="name">{c.name}</span>
          <Share at={c.probability} deviation={answer.std?.[0]?.[c.index]} />
          {percent(c.probability)}{answer.std && ` ± ${percent(answer.std[0]?.[c.index] ?? 0)}`}
        </li>
      ))}
    </ol>
  );
}

/** A probability as a bar, and over it, when dropout was on, two standard deviations to either side. */
function Share({ at, deviation }: { at: number; deviation?: number }) {
  const from = Math.max(0, at - 2 * (deviation ?? 0)), to = Math.min(1, at + 2 * (deviation ?? 0));
  return (
    <span class="share">
      <span class="bar" style={{ width: `${100 * at}%` }} />
      {deviation !== undefined && <span class="interval" style={{ left: `${100 * from}%`, width: `${100 * (to - from)}%` }} />}
    </span>
  );
}
