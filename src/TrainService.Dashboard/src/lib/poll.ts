import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from './api';
import type { Problem } from './types';
import { visible } from './visible';

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
}

/** Reads a resource, again every so often while the page is looked at, and when it is looked at again. A hidden page asks for nothing. */
export function useResource<T>(path: string | null, everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const seen = visible.value;
  useEffect(() => {
    if (path === null || !seen) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        setValue(await get<T>(path, abort.signal));
        setProblem(null);
      } catch (e) {
        if (abort.signal.aborted) return;
        if (e instanceof ApiError) setProblem(e.problem);
      }
      if (everyMs && !abort.signal.aborted) timer = setTimeout(load, everyMs);
    };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, turn, seen]);
  return { value, problem, reload: () => setTurn((t) => t + 1) };
}
