import { useAction } from '../lib/action';
import { postForm } from '../lib/api';
import { useResource } from '../lib/poll';
import type { Dataset } from '../lib/types';
import { Problems } from './Problems';
import { standIns, tables } from './templates';

/** What a job learns from and the service has not got: a table of the examples is brought here by a click, for others something stands in. */
export function MissingData({ name, brought, replace }: { name: string; brought: () => void; replace: (name: string) => void }) {
  const { value, reload } = useResource<{ datasets: Dataset[] }>('/datasets');
  const { busy, problem, run } = useAction();
  const table = tables[name], instead = standIns[name];
  if (!value || (!table && !instead) || value.datasets.some((d) => d.name === name)) return null;
  const bring = async () => {
    const form = new FormData();
    form.append('name', name);
    form.append('spec', JSON.stringify(table!.spec));
    form.append('file', new Blob([await table!.load()], { type: 'text/csv' }), table!.file);
    if (!(await run(() => postForm('/datasets', form)))) return;
    reload();
    brought();
  };
  return (
    <div class="note" role="status">
      {table && <p>This job learns from the table <code>{name}</code> ({table.about}), which is not here yet. <button class="main" disabled={busy} onClick={bring}>Bring it here</button></p>}
      {instead && <p>The pictures of <code>{name}</code> are not on this machine. <button class="main" onClick={() => replace(instead)}>Use drawn clothes in their place</button></p>}
      <Problems problem={problem} />
    </div>
  );
}
