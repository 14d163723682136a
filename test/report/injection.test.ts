/** Whatever people, campaigns, owners and deals are called: no file of a report runs anything in a spreadsheet, a browser or a mail program. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import type { PersonLedger } from "../../src/core/model/report-row.ts";
import { agreementPage } from "../../src/core/report/agreement-page.ts";
import type { AgreementPage } from "../../src/core/report/agreement-shape.ts";
import { agreementHtml } from "../../src/report/agreement-html.ts";
import { agreementMarkdown } from "../../src/report/agreement-markdown.ts";
import { textCell } from "../../src/report/csv-line.ts";
import { breakable, html } from "../../src/report/html-markup.ts";
import { writeReport } from "../../src/report/write-report.ts";
import { deal, handoff, NAMES, person, SETTINGS, stages, task } from "../core/report/ledger-rows.ts";
import { cases } from "../support/law-cases.ts";

/** OWASP's list ("CSV Injection"), the full-width forms that some locales take for them, and NUL. */
const STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20"];
const MARKUP = [
  '"><img src=x onerror=alert(1)>',
  "<script>alert(1)</script>",
  "' onmouseover='alert(1)",
  "<!--",
  "</script>",
];
const NAMES_OF_PROTOTYPES = ["__proto__", "constructor", "toString", "hasOwnProperty"];
const HOSTILE = [
  ...STARTS.map((start) => `${start}HYPERLINK("http://evil.example","x")`),
  ...STARTS.slice(0, 4).map((start) => `  ${start}1`),
  ...MARKUP,
  ...NAMES_OF_PROTOTYPES,
];
const LETTER = fc.constantFrom(..."ab1 \"',;=+-@<>&\n\r\tü＝\u2028", "\u{1f600}", "&amp;", "<b>");
const MARKS = fc.constantFrom(..."ab|`*_<>&[]()~ \n");
const AT = "2026-01-21T00:00:00.000Z";

/** One person for each text, who has it everywhere a text can be. */
function hostilePeople(): readonly PersonLedger[] {
  return HOSTILE.map((text, index) => {
    const id = `p${String(index).padStart(2, "0")}`;
    return person(id, {
      link: {
        name: text,
        facts: { source: text, campaign: text, territory: text, first_contact: AT, hubspot_stage: text },
      },
      stages: stages(
        id,
        [
          ["mql", AT],
          ["disqualified", "2026-01-22T00:00:00.000Z"],
        ],
        { reason: text, band: text },
      ),
      handoffs: [handoff(id, { ownerEmail: text, routedBy: text })],
      tasks: [task(id, `${text}:${id}`, { subject: text, description: text, ownerEmail: text })],
      outcomes: [deal(id, { name: text, stageName: text, currency: text, lostReason: text, opportunityId: text })],
    });
  });
}

let folder: string;
const files: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leadloop-injection-"));
  const frame = {
    settings: { ...SETTINGS, campaign: "campaign", territory: "territory", segments: ["customers-a"] },
    names: NAMES,
    window: { asOf: "2026-02-01T00:00:00.000Z", from: null, to: null },
    options: {},
  };
  const written = await writeReport(folder, [hostilePeople()], frame);
  for (const [kind, path] of Object.entries(written.files)) files[kind] = await readFile(path, "utf8");
});
afterAll(() => rm(folder, { recursive: true }));

/** What a spreadsheet takes for a formula: no number, and a sign in front, after blanks that it may leave out; or a tab, a line end or NUL in front of anything (OWASP). */
function runs(cell: string): boolean {
  const begins = /^(?:[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\0])/;
  return begins.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell);
}

describe("a cell of text", () => {
  test("starts nothing in a spreadsheet, whatever it starts with, and reads back as its text", () => {
    const hostile = fc
      .tuple(fc.constantFrom("", " ", "  ", "\u00a0"), fc.constantFrom(...STARTS), fc.string({ unit: LETTER }))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 30 }), (texts) => {
        const line = texts.map(textCell).join(",");
        const [cells = []] = parse(`${line}\r\n`, { record_delimiter: "\r\n" }) as string[][];
        expect(cells.filter(runs)).toEqual([]);
        expect(cells.map((cell) => cell.replace(/^'/, ""))).toEqual(texts);
      }),
      { numRuns: cases(20) },
    );
  });
});

describe.each(["csv", "deals"])("the file %s of a report", (kind) => {
  test("holds no cell that a spreadsheet would run, and a row for everybody", () => {
    const cells = parse(files[kind] ?? "", { record_delimiter: "\r\n" }) as string[][];
    expect(cells).toHaveLength(HOSTILE.length + 1);
    expect(new Set(cells.map((row) => row.length)).size).toBe(1);
    expect(cells.flat().filter(runs)).toEqual([]);
    expect(cells.flat().filter((cell) => cell.includes("HYPERLINK")).length).toBeGreaterThan(STARTS.length);
  });
});

describe("the page of a report", () => {
  test("has no element, attribute or comment of anybody's making", () => {
    const page = files["html"] ?? "";
    const markup = page.replaceAll(/<(script|style)\b[^>]*>.*?<\/\1>/gs, "");
    const tags = [...markup.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    const bare = tags.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
    expect(bare.filter((tag) => /^<(img|script|!--|iframe|object)|\son\w+=|'/i.test(tag))).toEqual([]);
    expect(tags.filter((tag) => /\s(href|src)="(?!#)/.test(tag))).toEqual([]);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });

  test("escapes any text, between tags and in attributes", () => {
    fc.assert(
      fc.property(fc.string({ unit: LETTER }), (text) => {
        const inner = html`${text}`.text;
        expect(inner).not.toMatch(/[<>"']/);
        expect(inner.replaceAll(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
      }),
    );
  });

  test("adds nothing to a text that may break but the places where it may", () => {
    fc.assert(
      fc.property(fc.string({ unit: LETTER }), (text) => {
        expect(breakable(text).text.replaceAll("@<wbr>", "@")).toBe(html`${text}`.text);
      }),
    );
    expect(breakable("a@<b>@c").text).toBe("a@<wbr>&lt;b&gt;@<wbr>c");
  });

  test("counts names that every JavaScript object has like any other", () => {
    const { drill } = JSON.parse(files["json"] ?? "{}") as { drill: { bySource: object } };
    expect(Object.keys(drill.bySource)).toEqual(expect.arrayContaining(NAMES_OF_PROTOTYPES));
  });
});

describe("the page of the agreement", () => {
  const { rulebook } = loadConfig({ mappingsFolder: "mappings", configFolder: "config" });
  const written = (text: string, code = text): AgreementPage =>
    agreementPage({
      rulebook: {
        ...rulebook,
        suppression: [{ name: text, when: { source: code, holds: () => false }, stops: ["call"], because: text }],
        handoff: { ...rulebook.handoff, rejectionReasons: [text] },
      },
      terms: {
        title: text,
        purpose: text,
        marketing: [text],
        sales: [text],
        goals: [],
        review: text,
        term: text,
        accepted: [{ name: text, role: text, on: "2026-01-15" }],
      },
      goals: [],
      window: null,
      words: () => text,
    });

  test("has no element or attribute of anybody's making, whatever stands in the files", () => {
    const tagsOf = (page: string): string[] =>
      [...page.replace(/<style>.*?<\/style>/s, "").matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    const plain = tagsOf(agreementHtml(written("text")));
    for (const text of HOSTILE) expect(tagsOf(agreementHtml(written(text))), text).toEqual(plain);
  });

  test("forbids every script, every request and every style but its own", () => {
    const page = agreementHtml(written("text"));
    const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
  });

  test("keeps its lines and columns as Markdown, and no markup is of anybody's making", () => {
    const shapeOf = (page: AgreementPage, hidden: RegExp): string[] =>
      agreementMarkdown(page)
        .replaceAll(hidden, "")
        .split("\n")
        .map((line) => line.replaceAll(/[^|#<>]/g, ""));
    const escapes = /\\./g;
    const spans = /\\\||(`+).*?[^`]\1(?!`)/g;
    const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: MARKS }));
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text.trim() !== "");
        expect(shapeOf(written(text, "code"), escapes)).toEqual(shapeOf(written("text", "code"), escapes));
        expect(shapeOf(written("text", text), spans)).toEqual(shapeOf(written("text", "code"), spans));
      }),
      { numRuns: cases(60) },
    );
  });
});
