import { HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';
import { signal } from '@preact/signals';
import { apiKey } from './api';
import type { JobEvent } from './types';

export type Liveness = 'off' | 'live' | 'lost';

/** How the connection that follows jobs is: shown in the head of the page. */
export const liveness = signal<Liveness>('off');

type Listener = { after: number; on: (event: JobEvent) => void };

const listeners = new Map<string, Listener>();
let connection: HubConnection | null = null;
let starting: Promise<void> | null = null;

/** Follows a job from an event on; each event once and in order, also over a lost connection. Returns how to stop. */
export function follow(job: string, after: number, on: (event: JobEvent) => void): () => void {
  const listener: Listener = { after, on };
  listeners.set(job, listener);
  void connect().then(() => subscribe(job));
  return () => {
    if (listeners.get(job) !== listener) return;
    listeners.delete(job);
    if (connection?.state === HubConnectionState.Connected) void connection.invoke('Unsubscribe', job).catch(() => undefined);
    if (listeners.size === 0) void disconnect();
  };
}

async function subscribe(job: string) {
  const listener = listeners.get(job);
  if (!listener || connection?.state !== HubConnectionState.Connected) return;
  await connection.invoke('Subscribe', job, listener.after).catch(() => undefined);
}

function connect(): Promise<void> {
  connection ??= build();
  if (connection.state === HubConnectionState.Connected) return Promise.resolve();
  if (starting) return starting;
  const mine = start(connection).finally(() => {
    if (starting === mine) starting = null;
  });
  starting = mine;
  return mine;
}

function build(): HubConnection {
  const hub = new HubConnectionBuilder()
    .withUrl('/hubs/training', { accessTokenFactory: () => apiKey.value })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => Math.min(10_000, 500 * 2 ** previousRetryCount) })
    .configureLogging(LogLevel.None)
    .build();
  hub.on('event', (job: string, event: JobEvent) => {
    const listener = listeners.get(job);
    if (!listener || event.seq <= listener.after) return;
    listener.after = event.seq;
    listener.on(event);
  });
  hub.onreconnecting(() => (liveness.value = 'lost'));
  hub.onreconnected(() => {
    liveness.value = 'live';
    for (const job of listeners.keys()) void subscribe(job);
  });
  hub.onclose(() => {
    if (hub === connection) liveness.value = listeners.size > 0 ? 'lost' : 'off';
  });
  return hub;
}

/** Whoever leaves a page while its hub is still connecting gets another hub with the next page: the old one must not go on. */
async function start(hub: HubConnection) {
  for (let tries = 0; hub === connection && listeners.size > 0; tries++) {
    try {
      await hub.start();
      if (hub === connection) liveness.value = 'live';
      else await hub.stop();
      return;
    } catch {
      if (hub !== connection) return;
      liveness.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** tries)));
    }
  }
}

async function disconnect() {
  const hub = connection;
  connection = null;
  starting = null;
  liveness.value = 'off';
  await hub?.stop().catch(() => undefined);
}
