// Runs Azurite (its path is the first argument) for as long as standard input stays open: the host holds
// the other end, so that Azurite ends with it however it ends, SIGKILL included.
"use strict";

// Ctrl-C in a terminal reaches this process too, but the host still needs its storage while it stops.
const once = process.once;
process.once = (event, listener) => (event === "SIGINT" ? process : once.call(process, event, listener));
process.on("SIGINT", () => {});

const inMemory = process.argv.includes("--inMemoryPersistence");
process.stdin.resume();
process.stdin.on("end", () => {
  if (inMemory) process.exit(0);
  // Azurite's own shutdown message: it closes its services and writes what it still holds.
  process.emit("message", "shutdown");
  setTimeout(() => process.exit(0), 10000).unref();
});

const azurite = process.argv[2];
process.argv.splice(1, 2, azurite);
require(azurite);
