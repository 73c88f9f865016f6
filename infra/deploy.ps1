#Requires -Version 7.2
<#
.SYNOPSIS
Deploys everything: shows what would change, changes it, publishes the app, and looks whether it works. The same as deploy.sh.
.EXAMPLE
./infra/deploy.ps1 -Group mta -Parameters infra/main.prod.bicepparam -Location westeurope
.EXAMPLE
./infra/deploy.ps1 -Group mta -Parameters infra/main.prod.bicepparam -AppOnly -Upgrade
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Group,
    [Parameter(Mandatory)] [ValidateScript({ Test-Path $_ -PathType Leaf })] [string] $Parameters,
    # Where a new group is made.
    [string] $Location,
    # Do not ask after the what-if.
    [switch] $Yes,
    [switch] $WhatIfOnly,
    [switch] $InfraOnly,
    [switch] $AppOnly,
    # Hold all mail while the app is published (maintenance mode), then go on as before.
    [switch] $Upgrade,
    # Make the proxies' VMs anew, one after the other; IPs stay.
    [switch] $RenewEgress,
    # Send one real message at the end and wait until it is delivered.
    [string] $SmokeFrom,
    [string] $SmokeTo
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$deployment = 'enhancedmta'
$root = Split-Path $PSScriptRoot -Parent
if ([bool]$SmokeFrom -ne [bool]$SmokeTo) { throw 'Give both SmokeFrom and SmokeTo, or neither.' }

function Invoke-Az {
    # Every failure of az ends the script.
    $output = & az @args
    if ($LASTEXITCODE -ne 0) { throw "az $($args[0..2] -join ' ') failed." }
    $output
}

function Get-RandomBytes([int] $Count) {
    $bytes = [byte[]]::new($Count)
    [System.Security.Cryptography.RandomNumberGenerator]::Fill($bytes)
    , $bytes
}

function Initialize-Group {
    if (-not $env:MTA_SSH_PUBLIC_KEY) { throw 'Set MTA_SSH_PUBLIC_KEY to the text of a public key: the VMs cannot be made without, and want the same one each time.' }
    if ((Invoke-Az group exists --name $Group) -eq 'false') {
        if (-not $Location) { throw "The group $Group is not there; give -Location to make it." }
        Invoke-Az group create --name $Group --location $Location --output none
    }
    # Flex Consumption runs in subnets of Microsoft.App.
    foreach ($provider in 'Microsoft.App', 'Microsoft.Compute', 'Microsoft.Insights', 'Microsoft.KeyVault', 'Microsoft.ManagedIdentity', 'Microsoft.Network',
        'Microsoft.OperationalInsights', 'Microsoft.Storage', 'Microsoft.Web') {
        if ((Invoke-Az provider show --namespace $provider --query registrationState --output tsv) -ne 'Registered') {
            Invoke-Az provider register --namespace $provider --wait
        }
    }
}

# By Azure Resource Manager, which tells names without values, also of a private vault. Whatever goes wrong here ends the script: a return-path key
# made anew would make bounces of mail on its way unreadable.
function Get-VaultEntry {
    foreach ($vault in @(Invoke-Az resource list --resource-group $Group --resource-type Microsoft.KeyVault/vaults --query '[].id' --output tsv)) {
        Invoke-Az rest --method get --url "$vault/secrets?api-version=2023-07-01" --query 'value[].name' --output tsv
    }
}

function Set-FirstSecret {
    $entries = @(Get-VaultEntry)
    if (-not $env:MTA_RETURN_PATH_KEY -and -not ($entries -like 'return-path-key*')) {
        $env:MTA_RETURN_PATH_KEY = [Convert]::ToBase64String((Get-RandomBytes 32))
        Write-Information 'A key for return paths was made; the vault keeps it.'
    }
    if (-not $env:MTA_ADMIN_KEY -and $entries -notcontains 'api-key-admin') {
        $env:MTA_ADMIN_KEY = [Convert]::ToHexString((Get-RandomBytes 32)).ToLowerInvariant()
        Write-Information 'A key for the API was made; the vault keeps it, as api-key-admin.'
    }
    if (-not $env:MTA_PROXY_PASSWORD -and $entries -notcontains 'proxy-password') {
        $env:MTA_PROXY_PASSWORD = [Convert]::ToHexString((Get-RandomBytes 24)).ToLowerInvariant()
        Write-Information 'A password for the proxies was made; the vault keeps it.'
    }
}

# Azure refuses a reverse name whose address record does not lead back. What has one keeps it, whatever the DNS says at the moment.
function Set-ReverseName {
    if ($env:MTA_REVERSE_DNS) { return }
    $env:MTA_REVERSE_DNS = 'false'
    if (Invoke-Az network public-ip list --resource-group $Group --query '[?dnsSettings.reverseFqdn].name' --output tsv) {
        $env:MTA_REVERSE_DNS = 'true'
        return
    }
    $json = & az deployment group show --resource-group $Group --name $deployment --query properties.outputs.egresses.value --output json 2>$null
    if ($LASTEXITCODE -ne 0 -or -not $json) { return }
    $egresses = @($json | ConvertFrom-Json)
    $missing = @($egresses | Where-Object {
            $egress = $_
            try { [System.Net.Dns]::GetHostAddresses($egress.heloHost).IPAddressToString -notcontains $egress.address } catch [System.Net.Sockets.SocketException] { $true }
        })
    $missing | ForEach-Object { Write-Information "No address record yet: $($_.heloHost) A $($_.address)" }
    if ($egresses.Count -gt 0 -and $missing.Count -eq 0) {
        $env:MTA_REVERSE_DNS = 'true'
        Write-Information 'All address records are seen: the IPs get their reverse names.'
    }
}

function Publish-Infra {
    Invoke-Az deployment group what-if --resource-group $Group --name $deployment --parameters $Parameters
    if ($WhatIfOnly) { return }
    if (-not $Yes -and (Read-Host 'Deploy this? [y/N]') -ne 'y') { throw 'Nothing was changed.' }
    Invoke-Az deployment group create --resource-group $Group --name $deployment --parameters $Parameters --output none
}

function Reset-Egress {
    foreach ($machine in @(Invoke-Az vm list --resource-group $Group --query "[?contains(name, '-egress-')].name" --output tsv)) {
        Write-Information "Making $machine anew."
        Invoke-Az vm delete --resource-group $Group --name $machine --yes --output none
        Invoke-Az deployment group create --resource-group $Group --name $deployment --parameters $Parameters --output none
        # cloud-init installs the proxy; the others send meanwhile, and the pipeline looks again at this one within ten minutes.
        Invoke-Az vm run-command invoke --resource-group $Group --name $machine --command-id RunShellScript --output none --scripts 'cloud-init status --wait && systemctl is-active danted'
    }
}

function Get-Output([string] $Name) {
    Invoke-Az deployment group show --resource-group $Group --name $deployment --query "properties.outputs.$Name.value" --output tsv
}

function Invoke-Api([string] $Method, [string] $Path, [object] $Body, [string] $ContentType = 'application/json') {
    $request = @{ Method = $Method; Uri = "$script:api/$Path"; Headers = @{ 'x-functions-key' = $script:key }; TimeoutSec = 60; MaximumRetryCount = 5; RetryIntervalSec = 5 }
    if ($null -ne $Body) {
        $request.Body = if ($Body -is [string]) { $Body } else { $Body | ConvertTo-Json -Compress }
        $request.ContentType = $ContentType
    }
    Invoke-RestMethod @request
}

function Set-Mode([string] $Mode, [string] $Reason) {
    $answer = Invoke-Api POST mode @{ mode = $Mode; reason = $Reason }
    Start-Sleep -Seconds $answer.obeyedWithinSeconds
}

function Publish-App {
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) ([System.IO.Path]::GetRandomFileName())
    try {
        dotnet publish "$root/functions/EnhancedMta.Functions" -c Release -p:AzureFunctionsWorker=true -o "$folder/app"
        if ($LASTEXITCODE -ne 0) { throw 'dotnet publish failed.' }
        # Not Compress-Archive, which leaves out .azurefunctions.
        [System.IO.Compression.ZipFile]::CreateFromDirectory("$folder/app", "$folder/app.zip")
        Invoke-Az functionapp deployment source config-zip --resource-group $Group --name $script:name --src "$folder/app.zip" --output none
    }
    finally {
        Remove-Item $folder -Recurse -Force -ErrorAction SilentlyContinue
    }
}

function Wait-Health {
    foreach ($i in 1..60) {
        try {
            $health = Invoke-RestMethod "$script:api/health" -TimeoutSec 10
            Write-Information "Healthy: storage answers in $($health.storageMilliseconds) ms."
            return
        }
        catch {
            if ($i -eq 1) { Write-Information 'Waiting until the app answers.' }
            Start-Sleep -Seconds 5
        }
    }
    throw "$script:api/health does not answer; see the app's log: a setting that stops the start is named there."
}

function Test-App {
    Wait-Health
    if (-not $script:key) {
        Write-Information 'No key of the API: nothing but its health was looked at. Set MTA_API_KEY.'
        return
    }
    Write-Information "Mode: $((Invoke-Api GET mode).mode)"
    (Invoke-Api GET 'incidents?limit=5').incidents | ForEach-Object { Write-Information "Incident: $($_.time) $($_.kind) $($_.subject): $($_.detail)" }
    if (-not $SmokeTo) { return }
    $delivery = "smoke-$([DateTime]::UtcNow.ToString('yyyyMMddHHmmss'))"
    $null = Invoke-Api PUT "deliveries/$delivery" @{ label = 'Smoke test'; sender = $SmokeFrom; priority = 'transactional'; expectedSize = 1 }
    $line = @{ messageId = 1; to = $SmokeTo; subject = 'Smoke test'; text = 'Sent by deploy.ps1.' } | ConvertTo-Json -Compress
    $null = Invoke-Api POST "deliveries/$delivery/messages" $line 'application/x-ndjson'
    foreach ($i in 1..60) {
        $message = (Invoke-Api GET "deliveries/$delivery/messages/1").message
        if ($message.state -eq 'delivered') { Write-Information 'Delivered.'; return }
        if ($message.state -in 'bounced', 'expired') { throw "The message failed: $($message | ConvertTo-Json -Compress)" }
        Start-Sleep -Seconds 5
    }
    throw "Not delivered within five minutes; GET $script:api/deliveries/$delivery/messages/1/explain says why."
}

$InformationPreference = 'Continue'
$null = Invoke-Az account show
if (-not $AppOnly) {
    Initialize-Group
    Set-FirstSecret
    Set-ReverseName
    Publish-Infra
    if ($WhatIfOnly) { return }
    if ($RenewEgress) { Reset-Egress }
    Write-Information 'Records to publish:'
    Invoke-Az deployment group show --resource-group $Group --name $deployment --query properties.outputs.dnsRecords.value --output table
}
if ($InfraOnly) { return }

$script:api = Get-Output api
$script:name = Get-Output appName
# The one that was just made is the one that opens.
$script:key = if ($env:MTA_API_KEY) { $env:MTA_API_KEY } elseif ($env:MTA_ADMIN_KEY) { $env:MTA_ADMIN_KEY }
else { & az keyvault secret show --vault-name (Get-Output vaultName) --name api-key-admin --query value --output tsv 2>$null }
if (-not $script:key -and ($Upgrade -or $SmokeTo)) { throw 'The mode and the smoke test take a key of the API: set MTA_API_KEY.' }
$before = ''
if ($Upgrade) {
    try { $null = Invoke-RestMethod "$script:api/health" -TimeoutSec 30 -MaximumRetryCount 3 -RetryIntervalSec 2 }
    catch {
        Write-Information 'No app answers: there is nothing to hold.'
        $Upgrade = $false
    }
}
if ($Upgrade) {
    $before = (Invoke-Api GET mode).mode
    Write-Information "Mode $before becomes maintenance: mail is accepted and held."
    Set-Mode maintenance 'upgrade by deploy.ps1'
}
try {
    Publish-App
    if ($Upgrade) {
        Wait-Health
        Set-Mode $before 'upgrade done'
        Write-Information "Mode $before again; what was held goes out, transactional first."
        $before = ''
    }
}
finally {
    if ($before) { Write-Warning "The mode is still maintenance. When all is well: POST $script:api/mode {`"mode`":`"$before`"}" }
}
Test-App
Write-Information "API: $script:api"
