#!/usr/bin/env bash
# Mutation tests of what decides over messages: run.sh [AREA...], all areas when none is named, in one run.
# Each area's last report stays in TestResults/mutation/AREA.json; the table in docs/reliability.md is written anew from all reports that are there.
set -euo pipefail
cd "$(dirname "$0")"
reports=$PWD/../../TestResults/mutation

# Files of the library, and the folders of the unit tests that hold them. What holds a connection to storage is left out: integration tests
# hold it, and are not run against mutants (README.md).
declare -A files=(
  [retries]='Retries/*'
  [qualification]='Qualification/*'
  [slices]='Paths/Slices/* Paths/Leases/ConnectionLease Paths/Leases/ConnectionLeases Paths/Leases/Giving Paths/Leases/OpeningCount Paths/Leases/SpareConnections Paths/Leases/Turns Paths/Leases/WaitingLine'
  [adaptation]='Paths/Adaptation/*'
  [counters]='SendingLog/Counters SendingLog/MinuteThroughput SendingLog/MessageState Breakdowns/* Kpis/Summary Kpis/Share'
  [warmup]='WarmUp/BookedRoom WarmUp/WarmUpSchedule WarmUp/WarmUpState'
  [rules]='BounceRules/BounceRuleSet BounceRules/CodePattern BounceRules/FoldedText BounceRules/Phrase BounceRules/PhraseIndex BounceRules/RecentEnds'
)
declare -A tests=(
  [retries]='Retries/*'
  [qualification]='Qualification/*'
  [slices]='Paths/*'
  [adaptation]='Paths/Adaptation/*'
  [counters]='SendingLog/* Breakdowns/* Kpis/*'
  [warmup]='WarmUp/*'
  # Those that make a rule set of their own: where ours is made, once in a process, each mutant of the making takes a process and all tests.
  [rules]='BounceRules/BounceRuleSetTests BounceRules/CodePatternTests BounceRules/StatusPatternTests BounceRules/FoldedTextTests BounceRules/Phrase* BounceRules/RecentEndsTests BounceRules/Rules'
)
order=(retries qualification rules slices adaptation warmup counters)

[ $# -gt 0 ] || set -- "${order[@]}"
mutate=() MUTATION_TESTS=
set -f
for area in "$@"; do
  [ -n "${files[$area]:-}" ] || { echo "no area \"$area\": one of ${order[*]}" >&2; exit 2; }
  for name in ${files[$area]}; do mutate+=(-m "**/$name.cs"); done
  for folder in ${tests[$area]}; do
    [[ "$MUTATION_TESTS" == *"/$folder.cs;"* ]] || MUTATION_TESTS+="../EnhancedMta.Tests/$folder.cs;"
  done
done
set +f
export MUTATION_TESTS
dotnet tool restore >/dev/null
dotnet stryker "${mutate[@]}" --output "$reports/last" --skip-version-check

# Kept, one line each: the figures of each area's last run, and what is left of it, with the verdict of whoever looked at it.
touch scores.jsonl survivors.jsonl
new=$(mktemp)
trap 'rm -f "$new"*' EXIT
for area in "$@"; do
  names=${files[$area]//\*/[^/]*}
  jq -c --arg area "$area" --arg names "/EnhancedMta/(${names// /|})[.]cs$" --arg date "$(date -u +%F)" --slurpfile kept survivors.jsonl -f area.jq \
    "$reports/last/reports/mutation-report.json" >"$new"
  for kept in scores survivors; do jq -c --arg area "$area" 'select(.area != $area)' $kept.jsonl >"$new.$kept"; done
  head -1 "$new" | cat "$new.scores" - >scores.jsonl
  tail -n +2 "$new" | cat "$new.survivors" - >survivors.jsonl
done
./table.sh