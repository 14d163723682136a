/** Transforms for free text, e-mail addresses and web addresses. */
import type { Transform } from "../model/mapping.ts";
import { buildTransform, converted, encoded, quoted, refused } from "./build-transform.ts";
import { sharedLimit, type TransformOptions } from "./transform-options.ts";

/**
 * Free text: NFC, LF, trimmed, compared on what the shorter side can hold. A cut value is never written back over the longer one it came from, because
 * both read as the same canonical value.
 */
export function textTransform(options: TransformOptions): Transform {
  const limit = sharedLimit(options.maxLength);
  return buildTransform({
    name: "text",
    type: "text",
    read: (text) => converted(cutText(text, limit) || null),
    write: (text) => encoded(cutText(text, limit) || null),
  });
}

/** At most `limit` UTF-16 units, never half a character, trimmed again so that storing it twice changes nothing. */
function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  return (isHighSurrogate(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut).trim();
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** E-mail: trimmed and lower-case; never cut, because half an address is another address. */
export function emailTransform(options: TransformOptions): Transform {
  const limit = sharedLimit(options.maxLength);
  return buildTransform({
    name: "email",
    type: "text",
    read: (text) => {
      const email = normalizeEmail(text);
      if (email === null) return refused(`${quoted(text)} is not an e-mail address`);
      return converted(email);
    },
    write: (text) => {
      if (text.length > limit)
        return refused(`${quoted(text)} is longer than the ${limit} characters both systems can hold`);
      return encoded(text);
    },
  });
}

/** Lower-case and without blanks around it, or null when the text cannot be an address: both systems refuse those without an "@". */
export function normalizeEmail(text: string): string | null {
  const email = text.normalize("NFC").trim().toLowerCase().normalize("NFC");
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}

/** Web address: with scheme, host in lower case, no slash at the end. Text that is no address stays as it is. */
export function urlTransform(options: TransformOptions): Transform {
  const limit = sharedLimit(options.maxLength);
  return buildTransform({
    name: "url",
    type: "text",
    read: (text) => converted(canonicalUrl(text)),
    write: (text) => {
      if (text.length > limit)
        return refused(`${quoted(text)} is longer than the ${limit} characters both systems can hold`);
      return encoded(text);
    },
  });
}

const WEB_ADDRESS = /^(?:https?:\/\/)?([^\s/?#@]+\.[^\s/?#@]+)([/?#]\S*)?$/i;

/** http and https of one host are one site to a salesperson, so both read as https. */
function canonicalUrl(text: string): string {
  const [, host, rest = ""] = WEB_ADDRESS.exec(text) ?? [];
  if (host === undefined) return text;
  return `https://${host.toLowerCase().normalize("NFC")}${rest}`.replace(/\/+$/, "");
}
