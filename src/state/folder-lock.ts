/** Keeps a second process out of an embedded database: PGlite has no lock of its own, and two writers lose each other's rows. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StopRun } from "../core/errors.ts";

const LOCK_FILE = "leadloop.lock";

interface LockOwner {
  readonly pid: number;
  /** Tells the process from a later one of the same pid; empty where the system does not say. */
  readonly started: string;
  readonly holder: string;
}

/** Takes the folder for this process, or throws StopRun naming the process that has it. A dead process's lock is taken over. Gives the way to let go. */
export function lockFolder(folder: string, holder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, LOCK_FILE);
  const owner: LockOwner = { pid: process.pid, started: startOf(process.pid), holder };
  const text = `${JSON.stringify(owner)}\n`;
  if (!placeLock(path, text)) takeOver(path, text, folder);
  return () => {
    if (readLock(path) === text) rmSync(path, { force: true });
  };
}

/** A hard link appears whole or not at all, so nobody ever reads half a lock. */
function placeLock(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeOver(path: string, text: string, folder: string): void {
  const found = readLock(path);
  const owner = parseOwner(found);
  if (owner !== null && isAlive(owner)) throw inUse(owner, folder);
  const aside = `${path}.stale.${process.pid}`;
  try {
    if (found !== null) renameSync(path, aside);
    // Another process may have taken the dead one's place between our look and our move: then what we moved is its lock.
    const moved = found === null ? null : readLock(aside);
    if (moved !== found && moved !== null) linkSync(aside, path);
  } catch (error) {
    throw new StopRun(`the lock file ${path} changed while it was taken over; try again`, { cause: error });
  } finally {
    rmSync(aside, { force: true });
  }
  if (placeLock(path, text)) return;
  throw inUse(parseOwner(readLock(path)), folder);
}

function inUse(owner: LockOwner | null, folder: string): StopRun {
  const who = owner === null ? "" : ` (pid ${owner.pid}${owner.holder === "" ? "" : `, ${owner.holder}`})`;
  return new StopRun(
    `another LeadLoop process${who} uses ${folder}; stop it, or set DATABASE_URL to share a PostgreSQL database`,
  );
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** What cannot be read as a lock was left by a machine that went down while writing: nobody holds it. */
function parseOwner(text: string | null): LockOwner | null {
  const parsed = parseObject(text ?? "");
  const pid = parsed["pid"];
  const started = parsed["started"];
  const holder = parsed["holder"];
  if (typeof pid !== "number" || typeof started !== "string" || typeof holder !== "string") return null;
  return { pid, started, holder };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isAlive(owner: LockOwner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return owner.started === "" || owner.started === startOf(owner.pid);
}

/** Boot id and start time in clock ticks, field 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${afterName[19] ?? ""}`;
  } catch {
    // Only Linux tells; elsewhere the pid alone decides.
    return "";
  }
}
