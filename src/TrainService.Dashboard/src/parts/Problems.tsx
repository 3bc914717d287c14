import type { Problem, SpecError } from '../lib/types';

/** What the service refused, with every place that it named. */
export function Problems({ problem }: { problem: Problem | null }) {
  if (!problem) return null;
  return (
    <div class="problem" role="alert">
      <strong>{problem.title}</strong> {problem.detail}
      {problem.errors && (
        <ul>
          {problem.errors.map((e) => (
            <li>{place(e)} {e.detail}{e.did_you_mean && <> Did you mean <code>{e.did_you_mean}</code>?</>}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Of an upload the file, row and column; of a spec the pointer. */
function place(e: SpecError) {
  if (!e.file) return <code>{e.pointer}</code>;
  return <strong>{e.file}{e.row !== undefined && `, row ${e.row}`}{e.column && `, ${e.column}`}:</strong>;
}
