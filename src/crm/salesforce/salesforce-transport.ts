/** Carries one jsforce request over fetch, so that it can be cut off, is never repeated and cannot take the process down. */
import { PassThrough } from "node:stream";
import { Transport } from "jsforce/lib/transport.js";
import type { HttpRequest, HttpResponse } from "jsforce/lib/types/common.js";
import { StreamPromise } from "jsforce/lib/util/promise.js";
import type { Network } from "../network.ts";

/**
 * jsforce's own transport repeats GET five times by itself, follows redirects with the token on, waits 30 minutes, and ends the process with an
 * uncaught error when a connection breaks in the middle of an answer (seen with 3.10.26). This one does none of it and serves one request.
 */
export class SingleRequestTransport extends Transport {
  readonly #network: Network;
  readonly #signal: AbortSignal;
  #response: HttpResponse | null = null;

  constructor(network: Network, signal: AbortSignal) {
    super();
    this.#network = network;
    this.#signal = signal;
  }

  /** What came back, also where jsforce makes an error of it; `null` while nothing did. */
  get response(): HttpResponse | null {
    return this.#response;
  }

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#send(request) }));
  }

  async #send({ url, method, headers, body }: HttpRequest): Promise<HttpResponse> {
    const answer = await this.#network.fetch(url, {
      method,
      redirect: "manual",
      signal: this.#signal,
      ...(headers === undefined ? {} : { headers }),
      ...(typeof body === "string" ? { body } : {}),
    });
    const text = await answer.text();
    this.#response = { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: text };
    return this.#response;
  }
}
