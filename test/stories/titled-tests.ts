/** Finds the tests of a file by title as they would be run: skipped ones, those to do and those in a comment are none. */
import ts from "typescript";

export interface TitledTest {
  readonly title: string;
  /** Texts that stand in the table of a test with rows; its first column names a row. */
  readonly rows: ReadonlySet<string>;
}

const TESTS: ReadonlySet<string> = new Set(["test", "it"]);
/** What may stand between `test` and its title. `skipIf` is for what the machine lacks, and is told by the run. */
const RUN: ReadonlySet<string> = new Set(["each", "for", "concurrent", "sequential", "skipIf", "runIf"]);

export function titledTests(text: string): TitledTest[] {
  const source = ts.createSourceFile("a.test.ts", text, ts.ScriptTarget.Latest, true);
  const found: TitledTest[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const words = wordsOf(node.expression);
      // Nothing that stands in a skipped group is run.
      if (words[0] === "describe" && words.slice(1).some((word) => !RUN.has(word))) return;
      const [title] = node.arguments;
      const isRun = TESTS.has(words[0] ?? "") && words.slice(1).every((word) => RUN.has(word));
      if (isRun && title !== undefined && ts.isStringLiteralLike(title))
        found.push({ title: title.text, rows: rowsOf(node.expression, source) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `test.each(rows)` gives test, each. */
function wordsOf(callee: ts.Expression): string[] {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) return [...wordsOf(callee.expression), callee.name.text];
  return ts.isCallExpression(callee) ? wordsOf(callee.expression) : [];
}

/** The texts of the table, where it is written out in the call or in a constant of the file. */
function rowsOf(callee: ts.Expression, source: ts.SourceFile): ReadonlySet<string> {
  const texts = new Set<string>();
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text);
    ts.forEachChild(node, collect);
  };
  if (!ts.isCallExpression(callee)) return texts;
  for (const table of callee.arguments) {
    if (!ts.isIdentifier(table)) collect(table);
    else
      for (const statement of source.statements.filter(ts.isVariableStatement))
        for (const { name, initializer } of statement.declarationList.declarations)
          if (ts.isIdentifier(name) && name.text === table.text && initializer !== undefined) collect(initializer);
  }
  return texts;
}
