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

require(azurite);
