import { useState } from 'preact/hooks';
import { keyWanted, online, useKey } from './lib/api';
import { liveness } from './lib/live';
import { place } from './lib/router';
import { CheckpointPage } from './pages/CheckpointPage';
import { CheckpointsPage } from './pages/CheckpointsPage';
import { ComparePage } from './pages/ComparePage';
import { DatasetPage } from './pages/DatasetPage';
import { DatasetsPage } from './pages/DatasetsPage';
import { JobPage } from './pages/JobPage';
import { JobsPage } from './pages/JobsPage';
import { NewJobPage } from './pages/NewJobPage';

const tabs = [['jobs', 'Jobs'], ['new', 'New job'], ['datasets', 'Data'], ['checkpoints', 'Checkpoints']] as const;

export function App() {
  const { page, id } = place.value;
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => (e.preventDefault(), document.getElementById('main')?.focus())}>Skip to the page</a>
      <header>
        <a class="brand" href="#/jobs"><img src="/dashboard/icon.svg" alt="" width="22" height="22" />TrainService</a>
        <nav aria-label="Pages">
          {tabs.map(([name, title]) => <a href={`#/${name}`} aria-current={page === name ? 'page' : undefined}>{title}</a>)}
        </nav>
        <Connection />
        <a href="/swagger">API</a>
        <ThemeButton />
      </header>
      {keyWanted.value && <KeyDialog />}
      <main id="main" tabIndex={-1}><Page page={page} id={id} /></main>
    </>
  );
}

function Page({ page, id }: { page: string; id: string | null }) {
  switch (page) {
    case 'jobs': return id ? <JobPage key={id} id={id} /> : <JobsPage />;
    case 'compare': return <ComparePage ids={(place.value.query.get('jobs') ?? '').split(',').filter(Boolean)} />;
    case 'new': return <NewJobPage key={place.value.query.toString()} query={place.value.query} />;
    case 'datasets': return id ? <DatasetPage key={id} name={id} /> : <DatasetsPage />;
    case 'checkpoints': return id ? <CheckpointPage key={id} id={id} /> : <CheckpointsPage />;
    default: return <p>There is no page here. <a href="#/jobs">To the jobs</a></p>;
  }
}

function Connection() {
  if (!online.value) return <span class="lost" role="status">The service does not answer; trying again</span>;
  if (liveness.value === 'lost') return <span class="lost" role="status">Connection lost; trying again</span>;
  return <span class="live" role="status">{liveness.value === 'live' ? 'live' : ''}</span>;
}

function ThemeButton() {
  const [theme, setTheme] = useState(localStorage.getItem('theme') ?? 'auto');
  document.documentElement.dataset.theme = theme;
  const next = theme === 'auto' ? 'dark' : theme === 'dark' ? 'light' : 'auto';
  return (
    <button class="plain" title={`Colours: ${theme}. Change to ${next}`} onClick={() => { localStorage.setItem('theme', next); setTheme(next); }}>
      {theme === 'auto' ? 'Auto' : theme === 'dark' ? 'Dark' : 'Light'}
    </button>
  );
}

function KeyDialog() {
  const [key, setKey] = useState('');
  return (
    <form class="key" onSubmit={(e) => { e.preventDefault(); useKey(key); location.reload(); }}>
      <label>This service asks for an API key <input type="password" value={key} autoFocus onInput={(e) => setKey(e.currentTarget.value)} /></label>
      <button type="submit">Use it in this tab</button>
    </form>
  );
}
