/** Kills a run at the worst moment of a create. */
import type { System } from "../../src/core/model/record.ts";
import type { SyncWorld } from "./sync-world.ts";

/** A run that dies when a record has been made in that system, before the answer arrives. */
export async function dieAfterCreateIn(world: SyncWorld, system: System): Promise<void> {
  const dependencies = world.dependencies();
  const client = dependencies.clients[system];
  const write = client.write.bind(client);
  const died = new Promise<void>((resolve) => {
    Object.assign(client, {
      write: async (writes: Parameters<typeof write>[0]) => {
        const outcomes = await write(writes);
        if (!writes.some(({ operation, purpose }) => operation === "create" && purpose === "create")) return outcomes;
        resolve();
        return new Promise(() => {});
      },
    });
  });
  await Promise.race([world.sync({}, dependencies), died]);
}
