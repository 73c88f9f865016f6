#!/usr/bin/env bash
# Mutation tests of what decides over messages: run.sh [AREA...], all areas when none is named, in one run.
# Each area's last report stays in TestResults/mutation/AREA.json; the table in docs/reliability.md is written anew from all reports that are there.
set -euo pipefail
cd "$(dirname "$0")"
reports=$PWD/../../TestResults/mutation
document=$PWD/../../docs/reliability.md

# Files of the library, and the folders of the unit tests that hold them. What holds a connection to storage is left out: integration tests
# hold it, and are not run against mutants (README.md).
declare -A files=(
  [retries]='Retries/*'
  [qualification]='Qualification/*'
  [slices]='Paths/Slices/* Paths/Leases/ConnectionLease Paths/Leases/ConnectionLeases Paths/Leases/OpeningCount Paths/Leases/WaitingLine'
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
  [rules]='BounceRules/* Qualification/*'
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
for area in "$@"; do
  names=${files[$area]//\*/[^/]*}
  jq --arg names "/EnhancedMta/(${names// /|})[.]cs$" '.files |= with_entries(select(.key | test($names)))' "$reports/last/reports/mutation-report.json" >"$reports/$area.json"
done

# Stryker's own score: what a test failed for or never ended, of all that could have been noticed.
# shellcheck disable=SC2016 # jq's variables, not the shell's.
line='[.files[].mutants[].status] as $all | def n(s): [$all[] | select(. == s)] | length;
  n("Killed") as $killed | n("Survived") as $survived | n("Timeout") as $timeout | n("NoCoverage") as $uncovered
  | [$killed + $survived + $timeout + $uncovered, $killed, $timeout, $survived, $uncovered] | @tsv'
percent() { awk -v good="$1" -v all="$2" 'BEGIN { printf "%.1f %%", all ? 100 * good / all : 0 }'; }
table=$(mktemp)
trap 'rm -f "$table"' EXIT
{
  echo "| area | mutants | killed | never ended | survived | not reached by a unit test | score |"
  echo "|---|--:|--:|--:|--:|--:|--:|"
  sums=(0 0 0 0 0)
  for area in "${order[@]}"; do
    report=$reports/$area.json
    [ -f "$report" ] || continue
    read -ra counts < <(jq -r "$line" "$report")
    for i in "${!counts[@]}"; do sums[i]=$((sums[i] + counts[i])); done
    echo "| $area | ${counts[0]} | ${counts[1]} | ${counts[2]} | ${counts[3]} | ${counts[4]} | $(percent $((counts[1] + counts[2])) "${counts[0]}") |"
  done
  echo "| all | ${sums[0]} | ${sums[1]} | ${sums[2]} | ${sums[3]} | ${sums[4]} | $(percent $((sums[1] + sums[2])) "${sums[0]}") |"
} >"$table"
cat "$table"
sed -i -e "/<!-- mutation -->/,/<!-- end -->/{/<!-- mutation -->/r $table" -e '/<!-- mutation -->\|<!-- end -->/!d}' "$document"
