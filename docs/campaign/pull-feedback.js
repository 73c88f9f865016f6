// JavaScript activity of a workflow with a scheduler, every minute: takes the feedback that came since the last run.
loadLibrary("emta:library.js");

var cursor = getOption("EnhancedMta_cursor") || "";
var applied = 0, more = true;
while (more) {
  var answer = emtaMustBe(emtaCall("GET", "/api/feedback?limit=1000" + (cursor ? "&cursor=" + encodeURIComponent(cursor) : "")), 200, "The feedback");
  // In runs of the same delivery: each keeps its last id.
  for (var from = 0; from < answer.events.length;) {
    var to = from;
    while (to < answer.events.length && answer.events[to].deliveryId === answer.events[from].deliveryId) to++;
    applied += emtaApply(answer.events[from].deliveryId, answer.events.slice(from, to));
    from = to;
  }
  // After the events: a run that dies here takes them again, and finds that it has them.
  cursor = answer.cursor;
  setOption("EnhancedMta_cursor", cursor);
  more = answer.more;
}
if (applied > 0) logInfo(applied + " events of the Enhanced MTA applied.");
