import { signal } from '@preact/signals';
import type { Problem } from './types';

/** The key that the server asked for, if it did; kept for this tab only. */
export const apiKey = signal(sessionStorage.getItem('key') ?? '');
export const keyWanted = signal(false);
export const online = signal(true);

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

export function useKey(key: string) {
  sessionStorage.setItem('key', key);
  apiKey.value = key;
  keyWanted.value = false;
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey.value) headers.set('X-Api-Key', apiKey.value);
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch (e) {
    if (init.signal?.aborted) throw e;
    online.value = false;
    throw new ApiError({ title: 'The service does not answer', status: 0 });
  }
  online.value = true;
  if (answer.ok) return answer;
  if (answer.status === 401) keyWanted.value = true;
  const text = await answer.text();
  let problem: Problem = { title: answer.statusText || 'The request failed', status: answer.status };
  try {
    problem = { ...problem, ...JSON.parse(text) };
  } catch {
    // Not a problem document: the status line has to do.
  }
  throw new ApiError(problem);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call(path, { signal })).json() as Promise<T>;
}

export async function getBlob(path: string): Promise<Blob> {
  return (await call(path)).blob();
}

export async function post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const init: RequestInit = { method: 'POST', headers };
  if (body !== undefined) {
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json', ...headers };
  }
  return (await call(path, init)).json() as Promise<T>;
}

export async function postForm<T>(path: string, form: FormData): Promise<T> {
  return (await call(path, { method: 'POST', body: form })).json() as Promise<T>;
}

/** An answer that is JSON or a picture. */
export async function postForAnything(path: string, body: FormData | unknown, signal?: AbortSignal): Promise<Blob> {
  const form = body instanceof FormData;
  return (await call(path, { method: 'POST', body: form ? body : JSON.stringify(body), headers: form ? {} : { 'Content-Type': 'application/json' }, signal })).blob();
}

export async function remove(path: string): Promise<void> {
  await call(path, { method: 'DELETE' });
}

/** Uploads with progress, which fetch does not tell. */
export function upload<T>(path: string, form: FormData, progress: (share: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    if (apiKey.value) request.setRequestHeader('X-Api-Key', apiKey.value);
    request.upload.onprogress = (e) => progress(e.lengthComputable ? e.loaded / e.total : 0);
    request.onerror = () => reject(new ApiError({ title: 'The service does not answer', status: 0 }));
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = { title: 'The upload failed', status: request.status };
      }
      if (request.status < 300) resolve(body as T);
      else reject(new ApiError(body as Problem));
    };
    request.send(form);
  });
}
