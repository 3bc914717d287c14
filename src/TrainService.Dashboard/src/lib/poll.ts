import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from './api';
import type { Problem } from './types';

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
}

/** Reads a resource, and again every so often while the page is looked at. A hidden page asks for nothing. */
export function useResource<T>(path: string | null, everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      if (!document.hidden) {
        try {
          const read = await get<T>(path, abort.signal);
          setValue(read);
          setProblem(null);
        } catch (e) {
          if (abort.signal.aborted) return;
          if (e instanceof ApiError) setProblem(e.problem);
        }
      }
      if (everyMs && !abort.signal.aborted) timer = setTimeout(load, everyMs);
    };
    const seen = () => {
      if (document.hidden || !everyMs) return;
      clearTimeout(timer);
      void load();
    };
    void load();
    document.addEventListener('visibilitychange', seen);
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [path, everyMs, turn]);
  return { value, problem, reload: () => setTurn((t) => t + 1) };
}
