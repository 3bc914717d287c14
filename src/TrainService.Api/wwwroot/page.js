// The jobs and the newest job's loss, live. Text goes into the page as text, never as HTML.
const $ = (id) => document.getElementById(id);
const svg = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const number = (value) => (typeof value === 'number' ? value.toPrecision(4) : '');
const validation = (latest) => Object.entries(latest ?? {}).filter(([name]) => name.startsWith('val_') && name !== 'val_loss')
  .map(([name, value]) => `${name} ${number(value)}`).join(', ');

// An API key stays in this tab only. Event streams can't send headers, so there it stands in the address.
const key = () => sessionStorage.getItem('key');
const get = (path) => fetch(path, key() ? { headers: { 'X-Api-Key': key() } } : {});
const stream = (path) => new EventSource(key() ? `${path}?access_token=${encodeURIComponent(key())}` : path);

let followed = null;
let source = null;
let epochs = [];

function row(job) {
  const line = document.createElement('tr');
  const link = document.createElement('a');
  link.href = job.links.self;
  link.textContent = job.id;
  const cells = [link, job.name ?? '', job.status, job.progress ? `${job.progress.epoch} / ${job.progress.epochs}` : '', number(job.latest?.loss),
    validation(job.latest), job.started_at ? new Date(job.started_at).toLocaleTimeString() : ''];
  for (const cell of cells) {
    const td = document.createElement('td');
    td.append(cell);
    line.append(td);
  }
  return line;
}

function draw() {
  const width = 720, height = 260, left = 48, bottom = 24, top = 8;
  const values = epochs.flatMap((e) => [e.loss, e.val_loss]).filter(Number.isFinite);
  const shown = values.length > 0;
  $('curve').toggleAttribute('hidden', !shown);
  $('legend').toggleAttribute('hidden', !shown);
  if (!shown) return;
  let low = Math.min(...values), high = Math.max(...values);
  if (high - low < 1e-12) { low -= 0.5; high += 0.5; }
  const last = Math.max(...epochs.map((e) => e.epoch), 2);
  const x = (epoch) => left + (epoch - 1) / (last - 1) * (width - left - 8);
  const y = (value) => top + (high - value) / (high - low) * (height - top - bottom);
  const parts = [];
  for (let i = 0; i <= 4; i++) {
    const value = low + (high - low) * i / 4;
    parts.push(svg('line', { x1: left, x2: width - 8, y1: y(value), y2: y(value) }), svg('text', { x: 4, y: y(value) + 4 }, number(value)));
  }
  parts.push(svg('text', { x: left, y: height - 4 }, 'epoch 1'), svg('text', { x: width - 8, y: height - 4, 'text-anchor': 'end' }, String(last)));
  for (const [metric, name] of [['loss', 'train'], ['val_loss', 'validation']]) {
    const points = epochs.filter((e) => Number.isFinite(e[metric]));
    parts.push(svg('path', { class: name, d: points.map((e, i) => `${i ? 'L' : 'M'}${x(e.epoch)} ${y(e[metric])}`).join('') }));
    for (const e of points.length <= 60 ? points : []) parts.push(svg('circle', { class: name, cx: x(e.epoch), cy: y(e[metric]), r: 2.5 }));
  }
  $('curve').replaceChildren(...parts);
}

function follow(job) {
  source?.close();
  followed = job.id;
  epochs = [];
  draw();
  // The browser reconnects by itself and says what it has seen; a 204 tells it that the job is over.
  source = stream(job.links.events);
  source.addEventListener('epoch', (message) => {
    epochs.push(JSON.parse(message.data).data);
    draw();
  });
}

function show(job) {
  if (job.id !== followed) follow(job);
  const speed = job.progress?.samples_per_second;
  $('about').textContent = [job.name ?? job.id, job.status, job.reason, speed ? `${Math.round(speed).toLocaleString()} samples/s` : null].filter(Boolean).join(' · ');
  $('progress').hidden = job.terminal || !job.progress;
  $('progress').value = job.progress?.fraction ?? 0;
}

async function refresh() {
  try {
    const health = await fetch('/health/ready');
    const answer = await get('/jobs?limit=20');
    $('key-form').hidden = answer.status !== 401;
    if (!answer.ok) throw new Error(answer.statusText);
    const { jobs } = await answer.json();
    $('health').textContent = health.ok ? 'ready' : 'not ready';
    $('jobs').replaceChildren(...jobs.map(row));
    if (jobs.length > 0) show(jobs[0]);
  } catch {
    $('health').textContent = $('key-form').hidden ? 'not reachable' : 'an API key is needed';
  }
  setTimeout(refresh, document.hidden ? 10000 : 2000);
}

$('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('key', $('key').value);
  $('key').value = '';
  $('key-form').hidden = true;
  followed = null;
});

refresh();
