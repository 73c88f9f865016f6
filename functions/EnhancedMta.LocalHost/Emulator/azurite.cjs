// Runs Azurite (its path is the first argument) for as long as standard input stays open: the host holds
// the other end, so that Azurite ends with it however it ends, SIGKILL included.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const azurite = process.argv[2];
process.argv.splice(1, 2, azurite);
const inMemory = process.argv.includes("--inMemoryPersistence");

// Ctrl-C in a terminal reaches this process too, but the host still needs its storage while it stops.
const once = process.once;
process.once = (event, listener) => (event === "SIGINT" ? process : once.call(process, event, listener));
process.on("SIGINT", () => {});

process.stdin.resume();
process.stdin.on("end", () => {
  if (inMemory) process.exit(0);
  // Azurite's own shutdown message: it closes its services and writes what it still holds.
  process.emit("message", "shutdown");
  setTimeout(() => process.exit(0), 10000).unref();
});

const Loki = require(require.resolve("lokijs", { paths: [path.dirname(azurite)] }));

// A merge leaves the keys alone, yet LokiJS looks for the row in the array of each index, takes it out and puts it back: work that grows with the table,
// and was a fifth of all that Azurite did. Where no indexed value changed the indexes stay as they are.
const { update, adaptiveBinaryIndexUpdate } = Loki.Collection.prototype;
let keysStay = false;
Loki.Collection.prototype.update = function (row) {
  const before = Array.isArray(row) ? null : this.get(row.$loki);
  // A row that was changed in place does not tell what it was.
  keysStay = before !== null && before !== row && Object.keys(this.binaryIndices).every((key) => before[key] === row[key]);
  try {
    return update.call(this, row);
  } finally {
    keysStay = false;
  }
};
Loki.Collection.prototype.adaptiveBinaryIndexUpdate = function (position, index) {
  if (!keysStay) adaptiveBinaryIndexUpdate.call(this, position, index);
};

if (!inMemory) {
  // Tells the next one on this folder that this one still writes.
  const folder = process.argv[process.argv.indexOf("--location") + 1];
  const mark = path.join(folder, "azurite.pid");
  fs.writeFileSync(mark, String(process.pid));
  process.on("exit", () => fs.rmSync(mark, { force: true }));

  // Every save writes the whole database and stops all requests meanwhile: at 100,000 rows of 0.6 KB a second or more,
  // each 5 s by default. It is saved at the end too; only an Azurite that is killed itself loses this much.
  const configure = Loki.prototype.configureOptions;
  Loki.prototype.configureOptions = function (options, initial) {
    configure.call(this, { ...options, autosaveInterval: Number(process.env.AZURITE_SAVE_INTERVAL) || 30000 }, initial);
  };
}

// A query walks through all rows of its table, and nobody else is served meanwhile: some 100 ms with the log of 50,000 messages. Nearly all of ours
// name a partition, or a range of them, and the store has an index of those.
const Store = require(path.join(path.dirname(azurite), "table", "persistence", "LokiTableMetadataStore.js")).default;
const query = Store.prototype.queryTableEntities;
Store.prototype.queryTableEntities = function (context, account, table, options, ...rest) {
  const partitions = partitionsOf(options.filter);
  if (!partitions) return query.call(this, context, account, table, options, ...rest);
  const rows = this.getEntityCollection(account, table, context);
  const narrowed = Object.create(this, { getEntityCollection: { value: () => ({ chain: () => rows.chain().find({ PartitionKey: partitions }) }) } });
  return query.call(narrowed, context, account, table, options, ...rest);
};

// What comes before the first "or", or after any, could be of other partitions.
function partitionsOf(filter) {
  const text = "'((?:[^']|'')*)'";
  const [, one, from, to] = new RegExp(`^PartitionKey (?:eq ${text}|ge ${text} and PartitionKey l[et] ${text})(?= and |$)`).exec(filter ?? "") ?? [];
  const rest = (filter ?? "").replace(/'(?:[^']|'')*'/g, "").replace(/\([^()]*\)/g, "");
  if (/[()]| or /.test(rest)) return undefined;
  const key = (quoted) => quoted.replaceAll("''", "'");
  return one !== undefined ? key(one) : from !== undefined ? { $between: [key(from), key(to)] } : undefined;
}

require(azurite);
