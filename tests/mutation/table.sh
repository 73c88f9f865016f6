#!/usr/bin/env bash
# Writes the table in docs/reliability.md from what the runs left: after a run, and by hand after verdicts were written into survivors.jsonl.
set -euo pipefail
cd "$(dirname "$0")"
document=../../docs/reliability.md
table=$(mktemp)
trap 'rm -f "$table"' EXIT

# The score is Stryker's own: what a test failed for or never ended, of all that was built. Whatever has a verdict that begins so is "equivalent".
# shellcheck disable=SC2016 # jq's variables, not the shell's.
jq -rs --slurpfile left survivors.jsonl '
  def left($areas): [$left[] | select(.area as $area | any($areas[]; . == $area))];
  def row($areas; $name; $date): (map(.killed) | add) as $killed | (map(.neverEnded) | add) as $endless | (map(.survived) | add) as $survived | (map(.unreached) | add) as $unreached
    | ($killed + $endless + $survived + $unreached) as $all
    | [$name, $all, $killed, $endless, $survived, $unreached, ([left($areas)[] | select((.verdict // "") | startswith("equivalent"))] | length),
       (if $all == 0 then "" else (1000 * ($killed + $endless) / $all | round | "\(. / 10 | floor).\(. % 10) %") end), $date] | "| \(join(" | ")) |";
  "| area | mutants | killed | never ended | survived | not reached by a unit test | equivalent, of what is left | score | run |",
  "|---|--:|--:|--:|--:|--:|--:|--:|---|",
  (sort_by(.area)[] | . as $one | [$one] | row([$one.area]; $one.area; $one.date)),
  row(map(.area); "all"; "")' scores.jsonl >"$table"
cat "$table"
sed -i -e "/<!-- mutation -->/,/<!-- end -->/{/<!-- mutation -->/r $table" -e '/<!-- mutation -->\|<!-- end -->/!d}' "$document"
jq -r 'select(.verdict == null) | "nobody looked at \(.area): \(.file):\(.line): \(.was) -> \(.is)"' survivors.jsonl
