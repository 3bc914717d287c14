import type { JsonObject } from '../lib/types';
import { differences } from './diff';

/** Where one spec differs from another, value by value. */
export function Changes({ from, to }: { from: JsonObject; to: JsonObject }) {
  const all = differences([from, to]);
  if (all.length === 0) return <p class="empty">Nothing is changed yet.</p>;
  return (
    <table>
      <caption>What is changed</caption>
      <thead><tr><th>Value</th><th>Before</th><th>Now</th></tr></thead>
      <tbody>{all.map((d) => <tr><td><code>{d.pointer}</code></td><td>{d.values[0] ?? '–'}</td><td>{d.values[1] ?? '–'}</td></tr>)}</tbody>
    </table>
  );
}
