/** Turns an admin's text with {{ words }} into a template of the core, or says what is wrong with it and where. */
import { Liquid, LiquidError } from "liquidjs";
import type { Template } from "../core/model/follow-up.ts";

/** `within` is the place of the mistake in the text. */
type CompiledTemplate =
  | {
      readonly ok: true;
      readonly template: Template;
      readonly words: readonly { readonly word: string; readonly within: number }[];
    }
  | { readonly ok: false; readonly message: string; readonly within: number };

// Nothing of the disk: a template is one text. A missing word renders as nothing, so no "undefined" can get out. The language is given: a month's name
// must not depend on the machine, and to ask the machine took a tenth of a cold start.
const engine = new Liquid({
  strictFilters: true,
  strictVariables: false,
  ownPropertyOnly: true,
  templates: {},
  locale: "en-US",
});

/** `words` are the variables that the text uses, each with the places where it does. */
export function compileTemplate(source: string): CompiledTemplate {
  try {
    const parsed = engine.parse(source);
    const { globals } = engine.analyzeSync(parsed, { partials: false });
    const words = Object.entries(globals).flatMap(([word, uses]) =>
      uses.map(({ location: { row, col } }) => ({ word, within: offsetOf(source, row, col) })),
    );
    const fill: Template["fill"] = (values) => tidy(String(engine.renderSync(parsed, values)), source);
    return { ok: true, words, template: { source, fill } };
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error;
    const { token } = error as LiquidError & { readonly token?: { readonly begin?: number } };
    const [words = ""] = error.message.split(/, (?:file|line):/);
    return { ok: false, message: words, within: token?.begin ?? 0 };
  }
}

/** A line that leads up to something. */
const ENDS_OPEN = /:\s*$/;
/** Paragraphs that the admin set apart stay so. */
const EMPTY_LINE = /\n[ \t]*\n/;

function offsetOf(source: string, row: number, column: number): number {
  const lines = source.split("\n").slice(0, row - 1);
  return lines.reduce((sum, line) => sum + line.length + 1, 0) + column - 1;
}

/** What a missing word leaves behind goes too: doubled blanks, empty brackets, lines with nothing on them, and "What we know:" with nothing behind it. */
function tidy(text: string, source: string): string {
  const mayEndSo = source.split("\n").some((line) => ENDS_OPEN.test(line));
  const hasParagraphs = EMPTY_LINE.test(source);
  return text
    .split("\n")
    .map((line) =>
      line
        .replaceAll(/\(\s*\)|\[\s*\]/g, "")
        .replaceAll(/[ \t]{2,}/g, " ")
        .replaceAll(/ +([,.;:!?])/g, "$1")
        .trimEnd(),
    )
    .filter((line) => mayEndSo || !ENDS_OPEN.test(line))
    .filter((line, index, lines) => line !== "" || (hasParagraphs && lines[index - 1] !== ""))
    .join("\n")
    .trim();
}
