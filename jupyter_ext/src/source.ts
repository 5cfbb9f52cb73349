/** What can be read from a cell's text alone. */

/** A test function as it stands in a cell. */
export interface INamedTest {
  name: string;
  /** Line of its `def` in the cell, from 1; the `%%mlqa` line counts. */
  line: number;
}

const FIRST_LINE = /^\s*%%mlqa(?!\w)/;
const DEFINITION = /^(?:async[ \t]+)?def[ \t]+(test[\p{L}\p{N}_]*)[ \t]*\(/u;
const FENCE = /'''|"""/g;

/** Whether a code cell is a test cell: its first non-blank line starts with `%%mlqa`. */
export function isTestCell(source: string): boolean {
  return FIRST_LINE.test(source);
}

/**
 * The test functions at the top level of a cell, in order.
 *
 * A line inside a triple-quoted string is not a definition; anything finer is
 * left to Python, which has the last word when the cell runs.
 */
export function testsOf(source: string): INamedTest[] {
  const found: INamedTest[] = [];
  let fence = '';
  source.split('\n').forEach((text, index) => {
    const match = fence ? null : DEFINITION.exec(text);
    if (match) {
      found.push({ name: match[1], line: index + 1 });
    }
    for (const [mark] of text.matchAll(FENCE)) {
      fence = fence === '' ? mark : fence === mark ? '' : fence;
    }
  });
  return found;
}

/** The name of the test function in a case's source: `file.py::test_a[x=1]` gives `test_a`. */
export function baseName(source: string): string {
  return caseName(source).replace(/\[.*$/s, '');
}

/** The part of a case's source that is worth a place in a list: `test_a[x=1]`. */
export function caseName(source: string): string {
  const parameters = source.indexOf('[');
  const head = parameters < 0 ? source : source.slice(0, parameters);
  const cut = head.lastIndexOf('::');
  return cut < 0 ? source : source.slice(cut + 2);
}
