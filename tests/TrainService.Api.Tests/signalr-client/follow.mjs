// Follows a job through the hub with the real client and prints a JSON line for everything that happens.
//   node follow.mjs ADDRESS JOB AFTER [--cut N] [--cancel N] [--stream] [--unsubscribe N]
// --cut N: a proxy between client and server cuts the connection after every Nth event; the client reconnects and subscribes after what it has.
// --cancel N: cancels the job after the Nth reconnection.
// --stream: the streaming method in place of Subscribe. --unsubscribe N: unsubscribes after N events, waits a second, says how many came.
import net from 'node:net';
import * as signalR from '@microsoft/signalr';

const [address, job, after, ...flags] = process.argv.slice(2);
const flag = (name) => { const i = flags.indexOf(name); return i < 0 ? 0 : Number(flags[i + 1] ?? 1) || 1; };
const cutEvery = flag('--cut');
const cancelAt = flag('--cancel');
const unsubscribeAt = flag('--unsubscribe');
const streaming = flags.includes('--stream');
const say = (what) => console.log(JSON.stringify(what));
const over = new Set(['succeeded', 'stopped', 'cancelled', 'failed']);

let seen = Number(after);
let count = 0;
let reconnections = 0;
let sockets = new Set();

// A plain TCP relay: cutting its sockets is what a lost network looks like.
async function relay(target) {
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => { sockets.delete(socket); client.destroy(); upstream.destroy(); });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => { server.close(); sockets.forEach((s) => s.destroy()); } };
}

const proxy = cutEvery ? await relay(new URL(address)) : { url: address, close: () => {} };
const connection = new signalR.HubConnectionBuilder()
  .withUrl(`${proxy.url}/hubs/training`)
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 50 })
  .configureLogging(signalR.LogLevel.None)
  .build();

const finished = new Promise((resolve, reject) => {
  const take = (id, event) => {
    say({ event: 'event', job: id, seq: event.seq, type: event.type, at: event.at, received: new Date().toISOString(), data: event.data });
    seen = event.seq;
    count++;
    if (!streaming && event.type === 'status' && over.has(event.data.status)) resolve();
    else if (cutEvery && count % cutEvery === 0) { say({ event: 'cut', seen }); sockets.forEach((s) => s.destroy()); }
    else if (count === unsubscribeAt) {
      connection.invoke('Unsubscribe', job).then(() => { const then = count; setTimeout(() => { say({ event: 'quiet', more: count - then }); resolve(); }, 1000); }, reject);
    }
  };
  if (streaming) {
    connection.start().then(() => connection.stream('Stream', job, seen)
      .subscribe({ next: (e) => take(job, e), complete: () => { say({ event: 'complete' }); resolve(); }, error: reject }), reject);
  } else {
    // A call that a cut interrupts is no error: the next connection subscribes again.
    const subscribe = () => connection.invoke('Subscribe', job, seen)
      .catch((e) => { if (connection.state === signalR.HubConnectionState.Connected) reject(e); });
    connection.on('event', take);
    connection.onreconnected(() => {
      say({ event: 'reconnected', seen });
      subscribe();
      if (++reconnections === cancelAt) fetch(`${address}/jobs/${job}/cancel`, { method: 'POST' }).catch(reject);
    });
    connection.onclose((e) => reject(e ?? new Error('closed')));
    connection.start().then(() => { say({ event: 'started', at: new Date().toISOString() }); return subscribe(); }).catch(reject);
  }
});

try {
  await finished;
  say({ event: 'end' });
} catch (e) {
  say({ event: 'error', message: e.message });
  process.exitCode = 1;
}
proxy.close();
await connection.stop();
process.exit();
