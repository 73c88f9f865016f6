#!/bin/bash
# Stands in for Azure's command line in tests of deploy.sh: notes what it was asked, and answers as the test says.
printf 'az %s\n' "$*" >>"$STAND_IN_LOG"
case $* in
  'account show'*) ;;
  'group exists'*) echo true ;;
  'provider show'*) echo Registered ;;
  'resource list'*) [ -z "$STAND_IN_ENTRIES" ] || echo /subscriptions/1/resourceGroups/mta/providers/Microsoft.KeyVault/vaults/v ;;
  'rest --method get'*)
    if [ "$STAND_IN_ENTRIES" = forbidden ]; then echo 'Forbidden' >&2; exit 1; fi
    tr ' ' '\n' <<<"$STAND_IN_ENTRIES" ;;
  'network public-ip list'*) echo "$STAND_IN_REVERSED" ;;
  'deployment group what-if'*) ;;
  'deployment group create'*) env | grep '^MTA_' | sed 's/^/create with /' >>"$STAND_IN_LOG" ;;
  'deployment group show'*outputs.api.*) echo "$STAND_IN_API" ;;
  'deployment group show'*outputs.appName.*) echo mta-app ;;
  'deployment group show'*outputs.vaultName.*) echo mta-vault ;;
  'deployment group show'*outputs.egresses.*) echo "$STAND_IN_EGRESSES" ;;
  'deployment group show'*outputs.dnsRecords.*) echo '[{"name":"mta11.example.com","type":"A","value":"192.0.2.11","why":""}]' ;;
  'keyvault secret show'*) if [ -n "$STAND_IN_NO_KEY" ]; then echo 'ForbiddenByConnection' >&2; exit 1; fi; echo "$STAND_IN_KEY" ;;
  'functionapp deployment source config-zip'*)
    curl -sS -H "x-functions-key: $STAND_IN_KEY" "$STAND_IN_API/mode" | jq -r '"mode while publishing: \(.mode)"' >>"$STAND_IN_LOG"
    arguments=$* package=${arguments##*--src }
    unzip -Z1 "${package%% *}" | sed 's/^/published /' >>"$STAND_IN_LOG" ;;
  'vm list'*) printf 'mta-egress-11\nmta-egress-12\n' ;;
  'vm delete'* | 'vm run-command invoke'*) ;;
  *) echo "The stand-in knows no az $*" >&2; exit 1 ;;
esac
