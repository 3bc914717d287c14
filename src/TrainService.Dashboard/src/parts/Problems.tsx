import type { Problem } from '../lib/types';

/** What the service refused, with every place that it named. */
export function Problems({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong> {problem.detail}
      {problem.errors && (
        <ul>
          {problem.errors.map((e) => (
            <li><code>{e.pointer}</code> {e.detail}{e.did_you_mean && <> Did you mean <code>{e.did_you_mean}</code>?</>}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
