/** What one deployment serves: the connections of its stage, and the settings and secrets of each, kept outside of the package. */
import { StopRun } from "../core/errors.ts";
import { openParameterStore, type ParameterStore } from "./parameter-store.ts";

/** How long a secret is used before it is read again, in seconds, unless LEADLOOP_SECRETS_SECONDS says otherwise. */
const SECRETS_SECONDS = 300;
/** A connection's name is part of paths, group ids and addresses. */
const CONNECTION_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

export interface Deployment {
  /** Names of the connections, one per pair of accounts. Throws StopRun when there is none or one is misspelt. */
  connections(): Promise<readonly string[]>;
  /** What is stored about a connection, as environment variables that a machine would have. Throws StopRun when something is missing. */
  variables(connection: string): Promise<Readonly<Record<string, string>>>;
  /** What is kept of a connection's secrets was refused: they are read again when next wanted. */
  forget(connection: string): void;
  /** The secret with which HubSpot signs this connection's webhooks; null when none is stored for it. */
  webhookSecret(connection: string): Promise<string | null>;
}

/** The deployment of this process's environment: LEADLOOP_STAGE names it. */
export function openDeployment(environment: NodeJS.ProcessEnv = process.env): Deployment {
  const stage = environment["LEADLOOP_STAGE"] ?? "prod";
  const seconds = Number(environment["LEADLOOP_SECRETS_SECONDS"] ?? SECRETS_SECONDS);
  return deploymentOf(stage, openParameterStore(seconds * 1_000));
}

function deploymentOf(stage: string, store: ParameterStore): Deployment {
  const connections = async (): Promise<readonly string[]> => {
    const name = `/leadloop/${stage}/connections`;
    const names = (await store.parameter(name))
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    const wrong = names.filter((part) => !CONNECTION_NAME.test(part));
    if (names.length === 0 || wrong.length > 0 || new Set(names).size < names.length) {
      throw new StopRun(
        `parameter ${name} must list each connection once, such as "acme,globex" (small letters, digits and hyphens)${wrong.length > 0 ? `; it has "${wrong.join('", "')}"` : ""}`,
      );
    }
    return names;
  };
  return {
    connections,
    variables: async (connection) => {
      if (!CONNECTION_NAME.test(connection))
        throw new StopRun(`"${connection}" is no name of a connection (small letters, digits and hyphens)`);
      const [parameters, secret, database] = await Promise.all([
        store.parametersUnder(`/leadloop/${stage}/connection/${connection}`),
        store.secret(`leadloop/${stage}/connection/${connection}`),
        store.secret(`leadloop/${stage}/database`),
      ]);
      return { ...asVariables(parameters), ...asVariables(secret), ...asVariables(database) };
    },
    forget: (connection) => store.forgetSecret(`leadloop/${stage}/connection/${connection}`),
    webhookSecret: async (connection) => {
      // Only names of the list are asked for: an address that somebody made up costs no look-up.
      if (!(await connections()).includes(connection)) return null;
      const secret = await store.secret(`leadloop/${stage}/webhook/${connection}`);
      return secret["hubspot-client-secret"] ?? null;
    },
  };
}

/** `hubspot-access-token` is the variable HUBSPOT_ACCESS_TOKEN. */
function asVariables(named: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name.toUpperCase().replaceAll("-", "_"), value]),
  );
}
