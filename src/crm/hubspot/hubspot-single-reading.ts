/** Reads one record by the route that says whether there is one: for those of which a batch read says nothing. */
import type { CrmRecord } from "../../core/model/record.ts";
import { type HubSpotConnection, reading } from "./hubspot-connection.ts";
import { RequestRefused, stopForRefusedRead } from "./hubspot-errors.ts";
import { HUBSPOT_PATHS, HUBSPOT_SIZES } from "./hubspot-paths.ts";
import { ownProperties, singleAnswerShape, toRecord, understood, type WireRecord } from "./hubspot-wire.ts";

interface SingleRead {
  readonly object: string;
  readonly id: string;
  readonly fields: readonly string[];
  readonly history: readonly string[];
  readonly archived: boolean;
}

/** The record that stands under the id, which a merge may have left to another one; undefined where HubSpot says that there is none. */
export async function recordAlone(connection: HubSpotConnection, request: SingleRead): Promise<CrmRecord | undefined> {
  const { object, fields } = request;
  const properties = fittingLists([...new Set([...fields, ...ownProperties(object)])]);
  const histories = fittingLists(request.history);
  const parts: WireRecord[] = [];
  for (let index = 0; index < Math.max(properties.length, histories.length); index += 1) {
    const part = await partOf(connection, request, properties[index] ?? "", histories[index] ?? "");
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const [first] = parts;
  if (first === undefined) return undefined;
  const whole = {
    ...first,
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    ...(request.history.length === 0
      ? {}
      : { propertiesWithHistory: Object.assign({}, ...parts.map((part) => part.propertiesWithHistory)) }),
  };
  return toRecord(whole, { object, fields, appId: connection.appId });
}

async function partOf(
  connection: HubSpotConnection,
  { object, id, archived }: SingleRead,
  properties: string,
  propertiesWithHistory: string,
): Promise<WireRecord | undefined> {
  const query = {
    ...(properties === "" ? {} : { properties }),
    ...(propertiesWithHistory === "" ? {} : { propertiesWithHistory }),
    archived: String(archived),
  };
  const read = async (): Promise<WireRecord> =>
    understood(singleAnswerShape, await connection.transport.getJson(HUBSPOT_PATHS.record(object, id), query));
  try {
    return await reading(`a read of one of the ${object}`, read, { throwRefusals: true });
  } catch (error) {
    if (error instanceof RequestRefused && error.refusal.action === "gone") return undefined;
    throw stopForRefusedRead(error);
  }
}

/** Names joined by commas, as many to a list as an address has room for. */
function fittingLists(names: readonly string[]): readonly string[] {
  const lists: string[] = [];
  for (const name of names) {
    const last = lists.at(-1);
    const longer = last === undefined ? name : `${last},${name}`;
    if (last === undefined || longer.length > HUBSPOT_SIZES.listCharacters) lists.push(name);
    else lists[lists.length - 1] = longer;
  }
  return lists;
}
