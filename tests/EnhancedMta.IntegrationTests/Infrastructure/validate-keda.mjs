// Validates KEDA's kinds among the documents of the YAML files that are named, by the schemas of @kubernetes-models/keda. One line of JSON: what is
// wrong, or a text when the packages cannot be had.
import { readFileSync } from 'node:fs';

let kinds, parse;
try {
  kinds = await import('@kubernetes-models/keda/keda.sh/v1alpha1');
  ({ parseAllDocuments: parse } = await import('yaml'));
} catch (missing) {
  console.log(JSON.stringify(`The packages are not there: run npm ci (${missing.code ?? missing.message})`));
  process.exit(0);
}
const faults = [];
let seen = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parse(readFileSync(file, 'utf8'))) {
    faults.push(...document.errors.map((error) => `${file}: ${error.message}`));
    const manifest = document.toJS();
    if (manifest?.apiVersion !== 'keda.sh/v1alpha1') continue;
    seen++;
    try {
      new kinds[manifest.kind](manifest).validate();
    } catch (error) {
      faults.push(`${file}: ${manifest.kind}: ${error.message}`);
    }
  }
}
console.log(JSON.stringify({ seen, faults }));
process.exit(0);
