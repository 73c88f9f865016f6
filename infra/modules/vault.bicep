// Keys and passwords. Values come in as secure parameters the first time, and stay when a later deployment brings none.
param name string
param location string

@description('The app.')
param appPrincipalId string

@description('The proxies\' VMs, which may read their own password and nothing else.')
param proxyPrincipalId string

@description('Whether POST /api/domains/{domain}/dkim may make keys in the vault; else the app only reads.')
param appMakesDkimKeys bool

@description('False: only the private endpoint reaches it.')
param isPublic bool

param workspaceId string

@description('Under which name the vault has the key of return paths.')
param returnPathEntry string

@description('Under which name it has the proxies\' password.')
param proxyEntry string

@description('And under which the API\'s first key.')
param adminEntry string

@secure()
param returnPathKey string

@secure()
param adminKey string

@secure()
param proxyPassword string

// Key Vault Secrets User, Key Vault Secrets Officer
var reads = '4633458b-17de-408a-b874-0445c86b69e6'
var writes = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var appRole = appMakesDkimKeys ? writes : reads

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: {
      // Azure Resource Manager, which brings the first values.
      bypass: 'AzureServices'
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }
}

resource newReturnPathKey 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(returnPathKey)) {
  parent: vault
  name: returnPathEntry
  properties: { value: returnPathKey, contentType: 'base64 octets' }
}

resource newAdminKey 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(adminKey)) {
  parent: vault
  name: adminEntry
  properties: { value: adminKey, contentType: 'text/plain' }
}

resource newProxyPassword 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(proxyPassword)) {
  parent: vault
  name: proxyEntry
  properties: { value: proxyPassword, contentType: 'text/plain' }
}

resource proxyPasswordInVault 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  parent: vault
  name: proxyEntry
}

resource appAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, appRole)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', appRole)
    description: appMakesDkimKeys ? 'Key Vault Secrets Officer' : 'Key Vault Secrets User'
  }
}

resource proxyAccess 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(proxyPasswordInVault.id, proxyPrincipalId, reads)
  scope: proxyPasswordInVault
  properties: {
    principalId: proxyPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reads)
    description: 'Key Vault Secrets User'
  }
  dependsOn: [newProxyPassword]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
