import { signal } from '@preact/signals';

export interface Place {
  page: string;
  id: string | null;
  query: URLSearchParams;
}

/** `#/jobs/job_…?x=y`: the service needs no routes for pages. */
function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/');
  return { page: page || 'jobs', id: rest.length ? decodeURIComponent(rest.join('/')) : null, query: new URLSearchParams(query) };
}

export const place = signal<Place>(read());

addEventListener('hashchange', () => {
  place.value = read();
  document.getElementById('main')?.focus();
});

export function go(to: string) {
  location.hash = to;
}
