import { useState } from 'preact/hooks';
import { ApiError } from './api';
import type { Problem } from './types';

export interface Action {
  busy: boolean;
  /** What was refused, the last time. */
  problem: Problem | null;
  refuse: (problem: Problem | null) => void;
  /** Null when it was refused, or broken off. */
  run: <T>(call: () => Promise<T>) => Promise<T | null>;
}

/** Something that a person asks of the service: whether it is under way, and what became of it. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [problem, refuse] = useState<Problem | null>(null);
  const run = async <T,>(call: () => Promise<T>): Promise<T | null> => {
    setBusy(true);
    refuse(null);
    try {
      return await call();
    } catch (e) {
      // Who has broken it off knows.
      if (e instanceof DOMException && e.name === 'AbortError') return null;
      if (!(e instanceof ApiError)) throw e;
      refuse(e.problem);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, refuse, run };
}
