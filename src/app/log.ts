/** Log events as lines: JSON for machines, on stderr so that stdout stays the answer. Names of fields, never values. */
import { createLogger, format, transports } from "winston";
import type { Log, LogEvent } from "../jobs/ports.ts";
import { PRODUCT_VERSION } from "./product-version.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** A Log on winston. Everything goes to stderr unless another stream is named. */
export function createLog(level: LogLevel, connection: string, stream: NodeJS.WritableStream = process.stderr): Log {
  const logger = createLogger({
    level,
    defaultMeta: { connection, version: PRODUCT_VERSION },
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream })],
  });
  const write =
    (at: LogLevel) =>
    (event: LogEvent): void => {
      const { event: message, ...rest } = event;
      logger.log({ level: at, message, ...rest });
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Says nothing: for commands whose answer is all that is wanted. */
export const SILENT_LOG: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
