import { number } from '../lib/format';
import type { Evaluation } from '../lib/types';
import { Scroll } from './Scroll';

/** Which classes are taken for which: rows are what it is, columns what was said. */
export function Confusion({ confusion }: { confusion: NonNullable<Evaluation['confusion']> }) {
  return (
    <Scroll label="Confusion matrix">
      <table class="confusion">
        <caption>Rows: the true class. Columns: what the network says.</caption>
        <thead><tr><th />{confusion.classes.map((c) => <th scope="col">{c}</th>)}<th>Precision</th><th>Recall</th><th>F1</th></tr></thead>
        <tbody>
          {confusion.matrix.map((row, i) => {
            const total = row.reduce((a, b) => a + b, 0) || 1;
            const scores = confusion.per_class[i];
            return (
              <tr>
                <th scope="row">{confusion.classes[i]}</th>
                {row.map((count, j) => (
                  <td class={i === j ? 'right' : 'wrong'} style={{ '--share': String(count / total) }} title={`${confusion.classes[i]} taken for ${confusion.classes[j]}: ${count}`}>{count || ''}</td>
                ))}
                <td class="n">{number(scores?.precision, 3)}</td><td class="n">{number(scores?.recall, 3)}</td><td class="n">{number(scores?.f1, 3)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
