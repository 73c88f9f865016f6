#!/usr/bin/env bash
# Mutation tests of what decides over messages: run.sh [AREA...], all areas when none is named.
# Each area's report stays in TestResults/mutation; the table in docs/reliability.md is written anew from all reports that are there.
set -euo pipefail
cd "$(dirname "$0")"
reports=$PWD/../../TestResults/mutation
document=$PWD/../../docs/reliability.md

# What holds a connection to storage is left out: integration tests hold it, and are not run against mutants (README.md).
declare -A areas=(
  [retries]='Retries/*.cs'
  [qualification]='Qualification/*.cs'
  [rules]='BounceRules/*.cs'
  [slices]='Paths/Slices/*.cs Paths/Leases/ConnectionLease.cs Paths/Leases/ConnectionLeases.cs Paths/Leases/OpeningCount.cs Paths/Leases/WaitingLine.cs'
  [adaptation]='Paths/Adaptation/*.cs'
  [counters]='SendingLog/Counters.cs SendingLog/MinuteThroughput.cs SendingLog/MessageState.cs Breakdowns/*.cs Kpis/Summary.cs Kpis/Share.cs'
  [warmup]='WarmUp/BookedRoom.cs WarmUp/WarmUpSchedule.cs WarmUp/WarmUpState.cs'
)
order=(retries qualification rules slices adaptation warmup counters)

dotnet tool restore >/dev/null
for area in "${@:-${order[@]}}"; do
  [ -n "${areas[$area]:-}" ] || { echo "no area \"$area\": one of ${order[*]}" >&2; exit 2; }
  mutate=()
  set -f
  for files in ${areas[$area]}; do mutate+=(-m "**/$files"); done
  set +f
  dotnet stryker "${mutate[@]}" --output "$reports/$area" --skip-version-check
done

# Stryker's own score: what a test failed for or never ended, of all that could have been noticed.
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
    report=$reports/$area/reports/mutation-report.json
    [ -f "$report" ] || continue
    read -ra counts < <(jq -r "$line" "$report")
    for i in "${!counts[@]}"; do sums[i]=$((sums[i] + counts[i])); done
    echo "| $area | ${counts[0]} | ${counts[1]} | ${counts[2]} | ${counts[3]} | ${counts[4]} | $(percent $((counts[1] + counts[2])) "${counts[0]}") |"
  done
  echo "| all | ${sums[0]} | ${sums[1]} | ${sums[2]} | ${sums[3]} | ${sums[4]} | $(percent $((sums[1] + sums[2])) "${sums[0]}") |"
} >"$table"
cat "$table"
sed -i -e "/<!-- mutation -->/,/<!-- end -->/{/<!-- mutation -->/r $table" -e '/<!-- mutation -->\|<!-- end -->/!d}' "$document"
