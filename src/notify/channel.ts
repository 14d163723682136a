/** What a channel is given and what it answers: a refusal is data, so that one channel's trouble never stops a run or another channel. */

/** A notice on its way through one channel. */
export interface Message {
  /** The same message has the same key: services that can, drop a second copy. */
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly html: string | null;
  /** Mail addresses; channels with an audience of their own leave them aside. */
  readonly to: readonly string[];
}

/** `again`: the other end asks for patience (overloaded, unreachable), so a later attempt may succeed. `message` never holds the address or a password. */
export type Answer =
  | { readonly kind: "sent" }
  | { readonly kind: "refused"; readonly message: string; readonly again: boolean };

export interface Channel {
  /** Never throws for what the other end says or fails to say. */
  send(message: Message): Promise<Answer>;
}

/** Real time, also in simulations: one notice may hold up a run no longer than this. */
export const SEND_TIME_OUT_MS = 10_000;

export const SENT: Answer = { kind: "sent" };

export function refused(message: string, again: boolean): Answer {
  return { kind: "refused", message, again };
}
