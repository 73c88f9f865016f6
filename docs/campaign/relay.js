// JavaScript activity of a workflow: relays the prepared messages of a delivery to the Enhanced MTA.
// Comes after a query and an enrichment that gave the temporary table the columns below, one row for each broadLog of the delivery.
loadLibrary("emta:library.js");

var deliveryId = String(vars.deliveryId);
var MESSAGES_PER_REQUEST = 2000;

// Declared first: sender, validity period and size are the delivery's. Declaring it again is safe.
var declaration = emtaCall("PUT", "/api/deliveries/" + deliveryId, "application/json", JSON.stringify({
  label: vars.label, sender: vars.sender, validityPeriod: "P3DT12H", priority: "marketing", expectedSize: Number(vars.size)
}));
if (declaration.code !== 200 && declaration.code !== 201) throw "The declaration was answered " + declaration.code + ": " + declaration.text;

var rows = NLWS.xtkQueryDef.create({ queryDef: {
  schema: vars.targetSchema, operation: "select", lineCount: 1000000,
  select: { node: [{ expr: "@broadLogId" }, { expr: "@email" }, { expr: "@subject" }, { expr: "@html" }, { expr: "@text" }] }
} }).ExecuteQuery().getElementsByTagName("*");

var lines = [], relayed = 0, duplicates = 0;
for (var i = 0; i < rows.length; i++) {
  lines.push(JSON.stringify({
    messageId: rows[i].getAttribute("broadLogId"), to: rows[i].getAttribute("email"), subject: rows[i].getAttribute("subject"),
    html: rows[i].getAttribute("html"), text: rows[i].getAttribute("text")
  }));
  if (lines.length === MESSAGES_PER_REQUEST || i === rows.length - 1) {
    // 202 means that they are durable there. A broken request is sent again as it was: a messageId is unique in its delivery, so nothing goes out twice.
    var answer = emtaMustBe(emtaCall("POST", "/api/deliveries/" + deliveryId + "/messages", "application/x-ndjson", lines.join("\n")), 202, "The relay");
    relayed += answer.accepted;
    duplicates += answer.duplicates;
    for (var r = 0; r < answer.rejected.length; r++) logError("Not relayed: " + JSON.stringify(answer.rejected[r]));
    lines = [];
  }
}
logInfo("Delivery " + deliveryId + ": " + relayed + " messages relayed, " + duplicates + " had been before.");
