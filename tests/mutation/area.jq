# One area of Stryker's report: a line of its figures, then one for each change that no test noticed, with the verdict that was kept for it.
# Arguments: $area, $names (pattern of its files), $date, $kept (lines of survivors.jsonl as it was).

def short: gsub("\\s+"; " ") | ltrimstr(" ") | if length > 160 then .[:159] + "…" else . end;
def text($lines): .start as $s | .end as $e
  | [range($s.line; $e.line + 1) | $lines[. - 1][(if . == $s.line then $s.column - 1 else 0 end):(if . == $e.line then $e.column - 1 else null end)]] | join(" ") | short;

[.files | to_entries[] | select(.key | test($names))
  | (.key | sub(".*/EnhancedMta/"; "")) as $file | (.value.source | gsub("\r"; "") | split("\n")) as $lines | .value.mutants[]
  | {status, area: $area, file: $file, line: .location.start.line, in: ($lines[.location.start.line - 1] | short), was: (.location | text($lines)), is: (.replacement | short)}] as $all
| def n($status): [$all[] | select(.status == $status)] | length;
  {area: $area, date: $date, killed: n("Killed"), neverEnded: n("Timeout"), survived: n("Survived"), unreached: n("NoCoverage"), unbuilt: n("CompileError")},
  # The line's number may change; its text, and what became of it, tell which one it is.
  ([$all[] | select(.status == "Survived" or .status == "NoCoverage") | . as $one
    | del(.status) + {verdict: ([$kept[] | select([.file, .in, .was, .is] == ($one | [.file, .in, .was, .is])) | .verdict] | first)}] | sort_by(.file, .line) | .[])
