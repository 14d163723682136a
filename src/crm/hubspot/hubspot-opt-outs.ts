/** Unsubscribes addresses from all e-mail: the only way to write a contact's opt-out. Nothing here can subscribe anybody. */
import { RetryLater } from "../../core/errors.ts";
import { OPT_OUT_FIELD } from "../../core/model/mapping.ts";
import { chunked, sideBySide } from "../side-by-side.ts";
import { type HubSpotConnection, writing } from "./hubspot-connection.ts";
import { type Refusal, RequestRefused, refusalOf } from "./hubspot-errors.ts";
import { HUBSPOT_PATHS, HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { understood, unsubscribedShape } from "./hubspot-wire.ts";

/** Whether a field of an object is the opt-out that goes another way than properties do. */
export function isOptOutField(object: string, field: string): boolean {
  return object === "contacts" && field === OPT_OUT_FIELD;
}

/** What became of one address. */
export type OptOutAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "deferred"; readonly message: string };

/** By address, as it was asked for. */
type Answers = Map<string, OptOutAnswer>;

/** The channel must be named; without `verbose` HubSpot does not tell whom it unsubscribed. */
const QUERY = { channel: "EMAIL", verbose: "true" };

/**
 * The unsubscribing of one client. Where the account has no batch call (it takes Marketing Hub Enterprise,
 * https://developers.hubspot.com/docs/guides/api/marketing/subscriptions), it finds that out once and goes address by address.
 */
export class OptOuts {
  readonly #connection: HubSpotConnection;
  #oneByOne = false;

  constructor(connection: HubSpotConnection) {
    this.#connection = connection;
  }

  /** One answer per address. Unsubscribing twice changes nothing. Throws only StopRun; what was done before is done. */
  async unsubscribe(addresses: readonly string[]): Promise<ReadonlyMap<string, OptOutAnswer>> {
    const answers: Answers = new Map();
    const batches = chunked([...new Set(addresses)], HUBSPOT_SIZES.unsubscribe);
    await sideBySide(batches, this.#connection.concurrency, (batch) => this.#batch(batch, answers));
    return answers;
  }

  /** A batch that is refused whole is halved down to the address that is meant; so is what an answer leaves open beside its errors. */
  async #batch(addresses: readonly string[], answers: Answers): Promise<void> {
    if (this.#oneByOne) {
      await this.#singly(addresses, answers);
      return;
    }
    try {
      const open = await this.#send(addresses, answers);
      await this.#halves(open, addresses.length, answers);
    } catch (error) {
      if (error instanceof RetryLater) noteLost(addresses, error, answers);
      else if (!(error instanceof RequestRefused)) throw error;
      else if (error.refusal.action === "one-by-one") {
        this.#oneByOne = true;
        await this.#singly(addresses, answers);
      } else await this.#refused(addresses, error.refusal, answers);
    }
  }

  async #refused(addresses: readonly string[], refusal: Refusal, answers: Answers): Promise<void> {
    const [only] = addresses;
    if (addresses.length === 1 && only !== undefined) {
      answers.set(only, { kind: "refused", refusal });
      return;
    }
    const { log } = this.#connection;
    log.warn({ event: "batch.split", system: "hubspot", size: addresses.length, reason: refusal.code });
    await this.#halves(addresses, addresses.length, answers);
  }

  async #halves(addresses: readonly string[], before: number, answers: Answers): Promise<void> {
    if (addresses.length === 0) return;
    const size = addresses.length < before ? addresses.length : Math.ceil(addresses.length / 2);
    for (const part of chunked(addresses, size)) await this.#batch(part, answers);
  }

  /** Gives back the addresses that errors of the answer could be about, when they are not named. */
  async #send(addresses: readonly string[], answers: Answers): Promise<readonly string[]> {
    const { transport } = this.#connection;
    const { results, errors = [] } = await writing("a batch of opt-outs", async () =>
      understood(
        unsubscribedShape,
        await transport.postJson(HUBSPOT_PATHS.unsubscribeBatch, QUERY, { inputs: addresses }),
      ),
    );
    const done = new Set(results.map(({ subscriberIdString }) => subscriberIdString.toLowerCase()));
    const refusals = errors.map((error) => refusalOf(error));
    let unnamed = refusals.length;
    for (const address of addresses) {
      const named = refusals.find(({ ids }) => ids.some((id) => id.toLowerCase() === address.toLowerCase()));
      if (named !== undefined) {
        answers.set(address, { kind: "refused", refusal: named });
        unnamed -= 1;
      } else if (done.has(address.toLowerCase())) answers.set(address, { kind: "done" });
      else answers.set(address, { kind: "unknown", message: "HubSpot's answer does not mention this opt-out" });
    }
    const open = addresses.filter((address) => answers.get(address)?.kind === "unknown");
    const [first] = refusals;
    if (unnamed <= 0 || first === undefined) return [];
    if (addresses.length > 1) return open;
    for (const address of open) answers.set(address, { kind: "refused", refusal: first });
    return [];
  }

  async #singly(addresses: readonly string[], answers: Answers): Promise<void> {
    const { transport, concurrency } = this.#connection;
    await sideBySide(addresses, concurrency, async (address) => {
      try {
        await writing("an opt-out", async () =>
          understood(unsubscribedShape, await transport.postJson(HUBSPOT_PATHS.unsubscribe(address), QUERY)),
        );
        answers.set(address, { kind: "done" });
      } catch (error) {
        if (error instanceof RetryLater) noteLost([address], error, answers);
        else if (error instanceof RequestRefused) answers.set(address, { kind: "refused", refusal: error.refusal });
        else throw error;
      }
    });
  }
}

function noteLost(addresses: readonly string[], { message, outcomeUnknown }: RetryLater, answers: Answers): void {
  for (const address of addresses) answers.set(address, { kind: outcomeUnknown ? "unknown" : "deferred", message });
}
