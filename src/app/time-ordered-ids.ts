/** Makes ids that grow with time, so that what came together lies together in the database and is read together. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../jobs/ports.ts";

/** Ids within one millisecond that are told apart by their order. */
const PER_MILLISECOND = 4_096;

/**
 * UUIDs of version 7 (RFC 9562, section 5.7; its method 1 keeps those of one millisecond in order): each sorts behind the one before it, also where the
 * clock stands or goes back. Random ids would scatter a thousand neighbours of a report over a thousand blocks of a table.
 */
export function timeOrderedIds(clock: Pick<Clock, "now">): () => string {
  let millisecond = 0;
  let place = 0;
  return () => {
    const now = Date.parse(clock.now());
    place = now > millisecond ? 0 : place + 1;
    millisecond = Math.max(now, millisecond);
    if (place === PER_MILLISECOND) {
      millisecond += 1;
      place = 0;
    }
    const time = millisecond.toString(16).padStart(12, "0");
    const random = randomBytes(8);
    // Two bits say which layout this is.
    random.writeUInt8(0x80 | (random.readUInt8(0) & 0x3f), 0);
    const rest = random.toString("hex");
    const order = place.toString(16).padStart(3, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  };
}
