// Library for Adobe Campaign Classic (xtk:javascript, for example emta:library.js): what both directions need.
// Plain ECMAScript 3 without E4X, so that it runs in Campaign's engine, and under node in this project's tests.

// Numbers of your instance's enumerations: look them up in the schemas nms:broadLog, nms:broadLogMsg and nms:address before you rely on them.
var EMTA_STATUS = { Sent: 1, Failed: 2 };
var EMTA_FAILURE_TYPE = { soft: 1, hard: 2, ignored: 3 };
var EMTA_ADDRESS = { valid: 1, quarantine: 2 };

// One HTTP call to the Enhanced MTA. Throws when there is no answer; answers with an error code are the caller's.
function emtaCall(method, path, contentType, body) {
  var request = new HttpClientRequest(getOption("EnhancedMta_url") + path);
  request.method = method;
  request.header["x-functions-key"] = getOption("EnhancedMta_key");
  if (contentType) request.header["Content-Type"] = contentType;
  if (body) request.body = body;
  request.execute();
  return { code: request.response.code, text: request.response.body.toString() };
}

function emtaMustBe(answer, expected, what) {
  if (answer.code !== expected) throw what + " was answered " + answer.code + ": " + answer.text.substring(0, 500);
  return JSON.parse(answer.text);
}

// What an event changes in Campaign, as documents for xtk.session.Write. The messageId that we relayed is the id of the delivery log (broadLog).
function emtaDocuments(event) {
  var documents = [];
  var log = '<broadLogRcp xtkschema="nms:broadLogRcp" _operation="update" _key="@id" id="' + emtaXml(event.messageId) + '" status="' + EMTA_STATUS[event.status] + '"';
  if (event.reason === undefined || event.type === "relayed" || event.type === "delivered")
    log += "/>";
  else
    // The qualification: one broadLogMsg for each rule, with Campaign's failure type and the number of its reason.
    log += '><msg _operation="insertOrUpdate" _key="@text" text="' + emtaXml("EnhancedMta " + (event.rule || event.type) + " (" + event.bounceCode + ")")
      + '" failureType="' + EMTA_FAILURE_TYPE[event.failureType] + '" failureReason="' + event.reason + '"/></broadLogRcp>';
  documents.push(log);
  // The address itself is named where the event is about the address.
  if (event.type === "complaint" || event.type === "unsubscribe")
    documents.push('<recipient xtkschema="nms:recipient" _operation="update" _key="@email" email="' + emtaXml(event.address) + '" blackListEmail="1"/>');
  if (event.type === "unquarantine")
    documents.push('<address xtkschema="nms:address" _operation="update" _key="@address" address="' + emtaXml(event.address) + '" status="' + EMTA_ADDRESS.valid + '"/>');
  return documents;
}

// Applies events in their order, and only those that come after the last one of their delivery: ids rise, so what comes twice changes nothing.
// Dying in between is harmless: each write sets a state, and the note of the last id comes after it.
function emtaApply(deliveryId, events) {
  var option = "EnhancedMta_last_" + deliveryId;
  var last = getOption(option) || "";
  var applied = 0;
  for (var i = 0; i < events.length; i++) {
    if (events[i].deliveryId !== deliveryId) throw "An event of " + events[i].deliveryId + " came for " + deliveryId;
    if (events[i].id <= last) continue;
    var documents = emtaDocuments(events[i]);
    for (var d = 0; d < documents.length; d++) xtk.session.Write(new XML(documents[d]));
    last = events[i].id;
    applied++;
  }
  if (applied > 0) setOption(option, last);
  return applied;
}

function emtaXml(text) {
  return String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

// Whether a push is from our Enhanced MTA: any of its signatures by a key that we know, and not older or newer than five minutes.
// keys: { id: "base64 secret" }. Bodies are ASCII, so characters are octets, whatever charset the server assumed.
function emtaIsGenuine(keys, timestamp, idempotencyKey, body, signatures, nowSeconds) {
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(nowSeconds - Number(timestamp)) > 300) return false;
  var parts = String(signatures).split(",");
  for (var i = 0; i < parts.length && i < 4; i++) {
    var at = parts[i].indexOf("=");
    var id = parts[i].substring(0, at);
    if (at < 1 || !keys.hasOwnProperty(id)) continue;
    if (emtaSame(emtaHmacHex(emtaBase64(keys[id]), timestamp + "." + idempotencyKey + "." + body), parts[i].substring(at + 1))) return true;
  }
  return false;
}

// In the same time whatever differs.
function emtaSame(a, b) {
  var difference = a.length ^ b.length;
  for (var i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i % (b.length || 1)) || 0);
  return difference === 0;
}

function emtaBase64(text) {
  var letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  var bytes = [], bits = 0, value = 0;
  for (var i = 0; i < text.length && text.charAt(i) !== "="; i++) {
    value = (value << 6 | letters.indexOf(text.charAt(i))) & 0xffff;
    bits += 6;
    if (bits >= 8) { bits -= 8; bytes.push(value >> bits & 0xff); }
  }
  return bytes;
}

// RFC 2104 with SHA-256 (FIPS 180-4). Octets in, hexadecimal out.
function emtaHmacHex(key, text) {
  var block = key.length > 64 ? emtaSha256(key) : key.slice(0);
  var inner = [], outer = [];
  for (var i = 0; i < 64; i++) { inner.push((block[i] || 0) ^ 0x36); outer.push((block[i] || 0) ^ 0x5c); }
  for (var c = 0; c < text.length; c++) inner.push(text.charCodeAt(c) & 0xff);
  var bytes = emtaSha256(outer.concat(emtaSha256(inner)));
  var hex = "";
  for (var b = 0; b < bytes.length; b++) hex += (bytes[b] < 16 ? "0" : "") + bytes[b].toString(16);
  return hex;
}

var EMTA_K = (function () {
  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  var k = [];
  for (var n = 2; k.length < 64; n++) {
    var prime = true;
    for (var f = 2; f * f <= n; f++) if (n % f === 0) prime = false;
    if (prime) k.push(((Math.pow(n, 1 / 3) % 1) * 4294967296) | 0);
  }
  return k;
})();

function emtaSha256(message) {
  var bytes = message.slice(0), length = bytes.length;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  var high = Math.floor(length / 0x20000000), low = length * 8 >>> 0;
  bytes.push(high >>> 24 & 255, high >>> 16 & 255, high >>> 8 & 255, high & 255, low >>> 24, low >>> 16 & 255, low >>> 8 & 255, low & 255);
  var h = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  var w = [];
  function turn(x, n) { return x >>> n | x << 32 - n; }
  for (var at = 0; at < bytes.length; at += 64) {
    var i, s = h.slice(0);
    for (i = 0; i < 16; i++) w[i] = bytes[at + 4 * i] << 24 | bytes[at + 4 * i + 1] << 16 | bytes[at + 4 * i + 2] << 8 | bytes[at + 4 * i + 3];
    for (i = 16; i < 64; i++)
      w[i] = (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >>> 10) + w[i - 7] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >>> 3) + w[i - 16] | 0;
    for (i = 0; i < 64; i++) {
      var one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + (s[4] & s[5] ^ ~s[4] & s[6]) + EMTA_K[i] + w[i] | 0;
      var two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + (s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]) | 0;
      s = [one + two | 0, s[0], s[1], s[2], s[3] + one | 0, s[4], s[5], s[6]];
    }
    for (i = 0; i < 8; i++) h[i] = h[i] + s[i] | 0;
  }
  var digest = [];
  for (var x = 0; x < 8; x++) digest.push(h[x] >>> 24 & 255, h[x] >>> 16 & 255, h[x] >>> 8 & 255, h[x] & 255);
  return digest;
}
