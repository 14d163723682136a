/** Bounds one call in the network's time: a socket that hangs does so on the real clock, also where the rest of time is virtual. */
import { RetryLater } from "../core/errors.ts";
import type { Network } from "./network.ts";

/** `what` names the call in the error. A `write` that got no answer may have taken effect, a read cannot have. */
export interface TimeOutOptions {
  readonly ms: number;
  readonly what: string;
  readonly write: boolean;
  readonly network: Network;
}

/** Gives the call's result, or throws RetryLater after `ms` and aborts the call's signal. A late answer is dropped. */
export async function withTimeOut<T>(call: (signal: AbortSignal) => Promise<T>, options: TimeOutOptions): Promise<T> {
  const abort = new AbortController();
  let callOff = (): void => {};
  const expiry = new Promise<never>((_resolve, reject) => {
    callOff = options.network.alarm(options.ms, () => {
      reject(
        new RetryLater(`${options.what} got no answer within ${options.ms} ms`, { outcomeUnknown: options.write }),
      );
      abort.abort();
    });
  });
  try {
    return await Promise.race([call(abort.signal), expiry]);
  } finally {
    callOff();
  }
}
