/** Plays every story file of this folder: stories that an admin can read, over HTTP, on virtual time. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { readYaml } from "../../src/config/yaml-source.ts";
import type { SharedDatabase } from "../../src/state/open-state-store.ts";
import { StoryPlayer } from "../support/story-player.ts";
import { storyFileShape } from "../support/story-shape.ts";
import { openSharedDatabase, openSyncWorld, type SyncWorld } from "../support/sync-world.ts";

let database: SharedDatabase;
beforeAll(async () => {
  database = await openSharedDatabase();
});
afterAll(() => database.close());

const files = readdirSync("test/stories").filter((file) => file.endsWith(".stories.yml"));

describe.each(files)("%s", (file) => {
  const path = `test/stories/${file}`;
  const parsed = readYaml(path, readFileSync(path, "utf8"), storyFileShape);
  if (!parsed.ok)
    throw new Error(parsed.issues.map((issue) => `${path}:${issue.line}:${issue.column} ${issue.message}`).join("\n"));
  const { stories } = parsed.value;
  let world: SyncWorld;
  let players: StoryPlayer[];
  let player: StoryPlayer | undefined;

  beforeAll(async () => {
    world = await openSyncWorld(database);
    players = stories.map((story, index) => {
      const place = (part: readonly (string | number)[]): string =>
        `${path}:${parsed.places.issue(["stories", index, ...part], "").line}`;
      return new StoryPlayer(world, story, index + 1, place);
    });
    for (const one of players) one.prepare();
    await world.settle();
  });
  afterAll(() => world.close());
  afterEach(() => player?.end());

  for (const [index, { story, gap }] of stories.entries()) {
    (gap === undefined ? test : test.fails)(story, async () => {
      player = players[index];
      await player?.play();
    });
  }
});
