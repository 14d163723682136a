/** Bounds one call in real time: a socket that hangs does so on the real clock, also in a simulation. */
import { RetryLater } from "../core/errors.ts";

/** `what` names the call in the error. A `write` that got no answer may have taken effect, a read cannot have. */
export interface TimeOutOptions {
  readonly ms: number;
  readonly what: string;
  readonly write: boolean;
}

/** Gives the call's result, or throws RetryLater after `ms` and aborts the call's signal. A late answer is dropped. */
export async function withTimeOut<T>(call: (signal: AbortSignal) => Promise<T>, options: TimeOutOptions): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new RetryLater(`${options.what} got no answer within ${options.ms} ms`, { outcomeUnknown: options.write }),
      );
      abort.abort();
    }, options.ms);
  });
  try {
    return await Promise.race([call(abort.signal), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
