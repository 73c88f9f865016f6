#!/usr/bin/env bash
# Deploys everything: shows what would change, changes it, publishes the app, and looks whether it works.
set -euo pipefail

usage() {
  cat <<'USAGE'
deploy.sh -g GROUP -p PARAMETERS [options]

  -g, --group NAME         resource group; made when it is not there (needs --location then)
  -p, --parameters FILE    infra/main.dev.bicepparam or infra/main.prod.bicepparam, with your values
  -l, --location REGION    where a new group is made
      --yes                do not ask after the what-if
      --what-if            show what would change, and stop
      --infra-only         no publishing
      --app-only           publishing only, on what is deployed
      --upgrade            hold all mail while the app is published (maintenance mode), then go on as before
      --renew-egress       make the proxies' VMs anew, one after the other; IPs stay
      --smoke-from ADDRESS, --smoke-to ADDRESS
                           send one real message at the end and wait until it is delivered

Signed in by `az login`, or by OIDC in a workflow. MTA_SSH_PUBLIC_KEY has the key that Azure asks for. MTA_RETURN_PATH_KEY, MTA_PROXY_PASSWORD and
MTA_ADMIN_KEY are made the first time and kept in the vault; set one to change it. MTA_API_KEY is an admin's key of the API, for --upgrade and the smoke test;
else the vault is asked for it, which answers to those who may read it and, when it is private, are in its network.
USAGE
}

say() { printf '%s\n' "$*" >&2; }
die() { say "deploy.sh: $*"; exit 1; }

group='' parameters='' location='' yes=false only_what_if=false infra=true app=true upgrade=false renew=false smoke_from='' smoke_to=''
while [ $# -gt 0 ]; do
  case $1 in
    -g|--group) group=${2:?}; shift 2 ;;
    -p|--parameters) parameters=${2:?}; shift 2 ;;
    -l|--location) location=${2:?}; shift 2 ;;
    --yes) yes=true; shift ;;
    --what-if) only_what_if=true; shift ;;
    --infra-only) app=false; shift ;;
    --app-only) infra=false; shift ;;
    --upgrade) upgrade=true; shift ;;
    --renew-egress) renew=true; shift ;;
    --smoke-from) smoke_from=${2:?}; shift 2 ;;
    --smoke-to) smoke_to=${2:?}; shift 2 ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; die "there is no option $1" ;;
  esac
done
if [ -z "$group" ] || [ -z "$parameters" ]; then usage >&2; die 'give --group and --parameters'; fi
[ -f "$parameters" ] || die "there is no file $parameters"
[ -n "$smoke_from" ] && [ -z "$smoke_to" ] && die '--smoke-from needs --smoke-to'
[ -z "$smoke_from" ] && [ -n "$smoke_to" ] && die '--smoke-to needs --smoke-from'
for tool in az curl jq openssl; do command -v "$tool" >/dev/null || die "$tool is missing"; done
if $app; then for tool in dotnet zip; do command -v "$tool" >/dev/null || die "$tool is missing"; done; fi
root=$(cd "$(dirname "$0")/.." && pwd)
deployment=enhancedmta

az account show --output none || die 'sign in first: az login'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

prepare() {
  [ -n "${MTA_SSH_PUBLIC_KEY:-}" ] || die 'set MTA_SSH_PUBLIC_KEY to the text of a public key: the VMs cannot be made without, and want the same one each time'
  if [ "$(az group exists --name "$group")" = false ]; then
    [ -n "$location" ] || die "the group $group is not there; give --location to make it"
    az group create --name "$group" --location "$location" --output none
  fi
  # Flex Consumption runs in subnets of Microsoft.App.
  for provider in Microsoft.App Microsoft.Compute Microsoft.Insights Microsoft.KeyVault Microsoft.ManagedIdentity Microsoft.Network \
    Microsoft.OperationalInsights Microsoft.Storage Microsoft.Web; do
    [ "$(az provider show --namespace "$provider" --query registrationState --output tsv)" = Registered ] ||
      az provider register --namespace "$provider" --wait
  done
}

# Names of the secrets that the group's vaults have. By Azure Resource Manager, which tells names without values, also of a private vault.
# Whatever goes wrong here ends the script: a return-path key made anew would make bounces of mail on its way unreadable.
vault_entries() {
  local vaults vault
  vaults=$(az resource list --resource-group "$group" --resource-type Microsoft.KeyVault/vaults --query '[].id' --output tsv)
  for vault in $vaults; do
    az rest --method get --url "$vault/secrets?api-version=2023-07-01" --query 'value[].name' --output tsv
  done
}

first_secrets() {
  local entries
  entries=$(vault_entries) || die 'cannot see what the vault has'
  if [ -z "${MTA_RETURN_PATH_KEY:-}" ] && ! grep -q '^return-path-key' <<<"$entries"; then
    MTA_RETURN_PATH_KEY=$(openssl rand -base64 32)
    say 'A key for return paths was made; the vault keeps it.'
  fi
  if [ -z "${MTA_PROXY_PASSWORD:-}" ] && ! grep -qx 'proxy-password' <<<"$entries"; then
    MTA_PROXY_PASSWORD=$(openssl rand -hex 24)
    say 'A password for the proxies was made; the vault keeps it.'
  fi
  if [ -z "${MTA_ADMIN_KEY:-}" ] && ! grep -qx 'api-key-admin' <<<"$entries"; then
    MTA_ADMIN_KEY=$(openssl rand -hex 32)
    say "A key for the API was made; the vault keeps it, as api-key-admin."
  fi
  export MTA_ADMIN_KEY="${MTA_ADMIN_KEY:-}"
  export MTA_RETURN_PATH_KEY="${MTA_RETURN_PATH_KEY:-}" MTA_PROXY_PASSWORD="${MTA_PROXY_PASSWORD:-}"
}

# Azure refuses a reverse name whose address record does not lead back. What has one keeps it, whatever the DNS says at the moment.
reverse_names() {
  [ -z "${MTA_REVERSE_DNS:-}" ] || return 0
  export MTA_REVERSE_DNS=false
  local set egresses helo address missing=0 count=0
  set=$(az network public-ip list --resource-group "$group" --query '[?dnsSettings.reverseFqdn].name' --output tsv)
  if [ -n "$set" ]; then MTA_REVERSE_DNS=true; return 0; fi
  egresses=$(az deployment group show --resource-group "$group" --name "$deployment" --query 'properties.outputs.egresses.value' --output json 2>/dev/null) || return 0
  while read -r helo address; do
    [ -n "$helo" ] || continue
    count=$((count + 1))
    getent ahostsv4 "$helo" | awk '{print $1}' | grep -qxF "$address" || { missing=$((missing + 1)); say "No address record yet: $helo A $address"; }
  done < <(jq -r '.[]? | "\(.heloHost) \(.address)"' <<<"${egresses:-null}")
  if [ "$count" -gt 0 ] && [ "$missing" = 0 ]; then
    MTA_REVERSE_DNS=true
    say 'All address records are seen: the IPs get their reverse names.'
  fi
}

deploy_infra() {
  az deployment group what-if --resource-group "$group" --name "$deployment" --parameters "$parameters"
  ! $only_what_if || exit 0
  if ! $yes; then
    local answer=''
    read -r -p 'Deploy this? [y/N] ' answer || true
    [ "$answer" = y ] || die 'nothing was changed'
  fi
  az deployment group create --resource-group "$group" --name "$deployment" --parameters "$parameters" --output none
}

renew_egress() {
  local machine
  for machine in $(az vm list --resource-group "$group" --query "[?contains(name, '-egress-')].name" --output tsv); do
    say "Making $machine anew."
    az vm delete --resource-group "$group" --name "$machine" --yes --output none
    az deployment group create --resource-group "$group" --name "$deployment" --parameters "$parameters" --output none
    # cloud-init installs the proxy; the others send meanwhile, and the pipeline looks again at this one within ten minutes.
    az vm run-command invoke --resource-group "$group" --name "$machine" --command-id RunShellScript --output none \
      --scripts 'cloud-init status --wait && systemctl is-active danted'
  done
}

output() { az deployment group show --resource-group "$group" --name "$deployment" --query "properties.outputs.$1.value" --output tsv; }

# The key goes by a file of curl's, since arguments can be seen by every user of the machine.
call() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail-with-body --max-time 60 --retry 5 --retry-connrefused --retry-delay 5 -K "$work/key" -X "$method" "$api/$path" "$@"
}

read_key() {
  api=$(output api) name=$(output appName)
  # The one that was just made is the one that opens.
  MTA_API_KEY=${MTA_API_KEY:-${MTA_ADMIN_KEY:-}}
  [ -n "$MTA_API_KEY" ] || MTA_API_KEY=$(az keyvault secret show --vault-name "$(output vaultName)" --name api-key-admin --query value --output tsv 2>/dev/null) || true
  (umask 077; printf 'header = "x-functions-key: %s"\n' "$MTA_API_KEY" >"$work/key")
}

set_mode() {
  local answer
  answer=$(call POST mode -H 'content-type: application/json' -d "{\"mode\":\"$1\",\"reason\":\"$2\"}")
  sleep "$(jq -r '.obeyedWithinSeconds' <<<"$answer")"
}

publish() {
  dotnet publish "$root/functions/EnhancedMta.Functions" -c Release -p:AzureFunctionsWorker=true -o "$work/app"
  (cd "$work/app" && zip -qr "$work/app.zip" .)
  az functionapp deployment source config-zip --resource-group "$group" --name "$name" --src "$work/app.zip" --output none
}

wait_for_health() {
  local i
  for i in $(seq 1 60); do
    if curl -sS --fail --max-time 10 "$api/health" >"$work/health" 2>/dev/null; then
      say "Healthy: $(cat "$work/health")"
      return 0
    fi
    [ "$i" = 1 ] && say 'Waiting until the app answers.'
    sleep 5
  done
  die "$api/health does not answer; see the app's log: a setting that stops the start is named there"
}

smoke() {
  wait_for_health
  if [ -z "$MTA_API_KEY" ]; then
    say 'No key of the API: nothing but its health was looked at. Set MTA_API_KEY.'
    return 0
  fi
  call GET mode >"$work/mode"
  say "Mode: $(jq -r .mode "$work/mode")"
  call GET incidents?limit=5 | jq -r '.incidents[] | "Incident: \(.time) \(.kind) \(.subject): \(.detail)"' >&2
  [ -n "$smoke_to" ] || return 0
  local delivery i state
  delivery="smoke-$(date -u +%Y%m%d%H%M%S)"
  call PUT "deliveries/$delivery" -H 'content-type: application/json' \
    -d "$(jq -n --arg from "$smoke_from" '{label: "Smoke test", sender: $from, priority: "transactional", expectedSize: 1}')" >"$work/declared"
  jq -r '.warnings[]? | "Warning: \(.detail? // .)"' "$work/declared" >&2
  call POST "deliveries/$delivery/messages" -H 'content-type: application/x-ndjson' \
    -d "$(jq -nc --arg to "$smoke_to" '{messageId: 1, to: $to, subject: "Smoke test", text: "Sent by deploy.sh."}')" >/dev/null
  for i in $(seq 1 60); do
    state=$(call GET "deliveries/$delivery/messages/1" | jq -c '.message')
    case $(jq -r '.state | ascii_downcase' <<<"$state") in
      delivered) say "Delivered: $state"; return 0 ;;
      bounced|expired) die "the message failed: $state" ;;
    esac
    sleep 5
  done
  die "not delivered within five minutes (attempt $i): $state; GET $api/deliveries/$delivery/messages/1/explain says why"
}

if $infra; then
  prepare
  first_secrets
  reverse_names
  deploy_infra
  ! $renew || renew_egress
  say 'Records to publish:'
  az deployment group show --resource-group "$group" --name "$deployment" --query 'properties.outputs.dnsRecords.value' --output json |
    jq -r '.[] | "  \(.name)\t\(.type)\t\(.value)"'
fi

$app || exit 0
read_key
before=''
if [ -z "$MTA_API_KEY" ] && { $upgrade || [ -n "$smoke_to" ]; }; then die 'the mode and the smoke test take a key of the API: set MTA_API_KEY'; fi
if $upgrade && ! curl -sS --fail --max-time 30 --retry 3 "$api/health" >/dev/null 2>&1; then
  say 'No app answers: there is nothing to hold.'
  upgrade=false
fi
if $upgrade; then
  before=$(call GET mode | jq -r .mode)
  say "Mode $before becomes maintenance: mail is accepted and held."
  set_mode maintenance 'upgrade by deploy.sh'
  trap 'rm -rf "$work"; say "The mode is still maintenance. When all is well: POST $api/mode {\"mode\":\"$before\"}"' EXIT
fi
publish
if $upgrade; then
  # Held mail cannot be smoke-tested: health first, then the mode as it was, then the rest.
  wait_for_health
  set_mode "$before" 'upgrade done'
  trap 'rm -rf "$work"' EXIT
  say "Mode $before again; what was held goes out, transactional first."
fi
smoke
say "API: $api"
