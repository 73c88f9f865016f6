// The function app and its settings.
import { proxyType, smarthostType, nativeMtaType, alwaysReadyType } from 'types.bicep'

param name string
param planName string
param location string
param identityId string
param clientId string
param subnetId string
param isPublic bool

@description('Address ranges that may call the API, such as 198.51.100.0/24; empty for all. Each call needs a key in any case.')
param callers string[]

param blobEndpoint string
param queueEndpoint string
param tableEndpoint string
param deploymentContainerUrl string
param vaultUri string
param insightsConnection string
param workspaceId string

param maximumInstances int
param instanceMemoryMB int
param alwaysReady alwaysReadyType[]

param heloHost string
param returnPathDomain string

@description('Names of the vault\'s entries with keys of return paths: the first signs, all verify.')
param returnPathEntries string[]

@description('Name of the vault\'s entry with the key that opens the whole API.')
param adminEntry string

param proxies proxyType[]

@description('Public addresses of the proxies, in their order.')
param proxyAddresses string[]

@description('Private ones.')
param proxyHosts string[]

param proxyUser string

@description('Name of the vault\'s entry with the proxies\' password.')
param proxyEntry string

param smarthosts smarthostType[]
param nativeMta nativeMtaType?

@description('Domains whose mail goes out unsigned; * for all without a key.')
param unsignedDomains string[]

@description('Further app settings by name. Nothing secret.')
param settings { *: string }

@description('Further app settings by name, each with the name of the vault\'s entry that has its value: webhook and feedback keys.')
param vaultSettings { *: string }

var fixed = [
  // The host's own connection and the pipeline's: by identity, no key anywhere.
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'AzureWebJobsStorage__clientId', value: clientId }
  { name: 'AzureWebJobsStorage__blobServiceUri', value: blobEndpoint }
  { name: 'AzureWebJobsStorage__queueServiceUri', value: queueEndpoint }
  { name: 'AzureWebJobsStorage__tableServiceUri', value: tableEndpoint }
  { name: 'AZURE_CLIENT_ID', value: clientId }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insightsConnection }
  { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'Authorization=AAD;ClientId=${clientId}' }
  { name: 'RetrySchedule', value: '*/15 * * * * *' }
  { name: 'SweepSchedule', value: '30 * * * * *' }
  { name: 'EnhancedMta__HeloHost', value: heloHost }
  { name: 'EnhancedMta__ReturnPathDomain', value: returnPathDomain }
  { name: 'EnhancedMta__Dkim__VaultUri', value: vaultUri }
  { name: 'EnhancedMta__Keys__Admin__0', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${adminEntry})' }
]

var returnPathKeys = map(range(0, length(returnPathEntries)), i => {
  name: 'EnhancedMta__ReturnPathKeys__${i}'
  value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${returnPathEntries[i]})'
})

var unsigned = map(range(0, length(unsignedDomains)), i => {
  name: 'EnhancedMta__Dkim__Unsigned__${i}'
  value: unsignedDomains[i]
})

var proxySettings = flatten(map(range(0, length(proxies)), i => [
  { name: 'EnhancedMta__Egresses__${i}__PublicId', value: string(proxies[i].publicId) }
  { name: 'EnhancedMta__Egresses__${i}__Kind', value: 'socks5' }
  { name: 'EnhancedMta__Egresses__${i}__HeloHost', value: proxies[i].heloHost }
  { name: 'EnhancedMta__Egresses__${i}__Address', value: proxyAddresses[i] }
  { name: 'EnhancedMta__Egresses__${i}__Proxy', value: '${proxyHosts[i]}:1080' }
  { name: 'EnhancedMta__Egresses__${i}__UserName', value: proxyUser }
  {
    name: 'EnhancedMta__Egresses__${i}__Password'
    value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${proxyEntry})'
  }
  { name: 'EnhancedMta__Egresses__${i}__Weight', value: string(proxies[i].?weight ?? 1) }
  { name: 'EnhancedMta__Egresses__${i}__IncludeDomains', value: proxies[i].?includeDomains ?? '' }
  { name: 'EnhancedMta__Egresses__${i}__ExcludeDomains', value: proxies[i].?excludeDomains ?? '' }
  { name: 'EnhancedMta__Egresses__${i}__DeclaredWarm', value: proxies[i].?declaredWarm ?? false ? 'true' : 'false' }
]))

var first = length(proxies)
var smarthostSettings = flatten(map(range(0, length(smarthosts)), i => [
  { name: 'EnhancedMta__Egresses__${first + i}__PublicId', value: string(smarthosts[i].publicId) }
  { name: 'EnhancedMta__Egresses__${first + i}__Kind', value: 'smarthost' }
  { name: 'EnhancedMta__Egresses__${first + i}__HeloHost', value: smarthosts[i].heloHost }
  { name: 'EnhancedMta__Egresses__${first + i}__Smarthost', value: smarthosts[i].smarthost }
  { name: 'EnhancedMta__Egresses__${first + i}__UserName', value: smarthosts[i].userName }
  {
    name: 'EnhancedMta__Egresses__${first + i}__Password'
    value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${smarthosts[i].passwordEntry})'
  }
  { name: 'EnhancedMta__Egresses__${first + i}__Weight', value: string(smarthosts[i].?weight ?? 1) }
  { name: 'EnhancedMta__Egresses__${first + i}__IncludeDomains', value: smarthosts[i].?includeDomains ?? '' }
  { name: 'EnhancedMta__Egresses__${first + i}__ExcludeDomains', value: smarthosts[i].?excludeDomains ?? '' }
]))

var nativeSettings = nativeMta == null
  ? []
  : [
      { name: 'EnhancedMta__NativeMta__Smarthost', value: nativeMta!.smarthost }
      { name: 'EnhancedMta__NativeMta__UserName', value: nativeMta!.userName }
      {
        name: 'EnhancedMta__NativeMta__Password'
        value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${nativeMta!.passwordEntry})'
      }
    ]

var further = map(items(settings), setting => { name: setting.key, value: setting.value })
var furtherOfVault = map(items(vaultSettings), setting => {
  name: setting.key
  value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${setting.value})'
})

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // With which identity references to the vault are read.
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(callers) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: [
        for (range, i) in callers: {
          name: 'caller-${i}'
          priority: 100 + i
          action: 'Allow'
          ipAddress: range
        }
      ]
      // Publishing is signed in by Entra ID, from wherever it runs.
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      appSettings: concat(
        fixed,
        returnPathKeys,
        unsigned,
        proxySettings,
        smarthostSettings,
        nativeSettings,
        further,
        furtherOfVault
      )
    }
  }
}

// No user names and passwords for publishing.
resource noPasswordsByFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noPasswordsByScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource appDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    // What the host says before its telemetry is up: settings that stop the start.
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: plan
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
