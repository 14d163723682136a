/** How bytes leave this process, and the alarm that bounds a call: the one place where a simulation takes over from the platform. */

export interface Network {
  readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
  /** Rings once after so many milliseconds, unless it is called off by what this gives. */
  readonly alarm: (ms: number, ring: () => void) => () => void;
}

/** The platform's own fetch and timers. A socket that hangs does so in real time, also where the rest of time is virtual. */
export const PLATFORM_NETWORK: Network = {
  fetch: (url, request) => fetch(url, request),
  alarm: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};
