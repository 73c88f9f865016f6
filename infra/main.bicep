// The pipeline on Azure: storage and vault without keys, a Flex Consumption app with an identity of its own in a network, sending IPs, alerts.
targetScope = 'resourceGroup'

import { proxyType, smarthostType, nativeMtaType, alwaysReadyType } from 'modules/types.bicep'

@description('Short name that the resources are named after: lower-case letters and digits, a letter first.')
@minLength(3)
@maxLength(11)
param name string

param location string = resourceGroup().location

@description('True: storage and vault are reached by private endpoints only.')
param isPrivate bool

@description('True: the API as well; then Campaign must be in the network or connected to it.')
param isApiPrivate bool = false

@description('Address ranges that may call the API, such as 198.51.100.0/24; empty for all. Each call needs a key in any case.')
param callers string[] = []

@description('Standard_ZRS keeps three copies in three zones; Standard_LRS costs less.')
param storageSku ('Standard_LRS' | 'Standard_ZRS') = 'Standard_ZRS'

@minValue(40)
@maxValue(1000)
param maximumInstances int = 100

param instanceMemoryMB (512 | 2048 | 4096) = 2048

param alwaysReady alwaysReadyType[] = []

@description('Domain that bounces come back to, such as bounces.example.com.')
param returnPathDomain string

@description('Host that takes the mail of that domain and posts it to /api/bounces/dsn; its MX record. Empty: none is told.')
param returnPathMx string = ''

@description('What we say in EHLO where an egress has no name of its own.')
param heloHost string

@description('Sending IPs of our own. Add new ones at the end: their order gives them their addresses in the network.')
@maxLength(16)
param proxies proxyType[]

@description('Submission servers, instead of them or beside them.')
param smarthosts smarthostType[] = []

@description('Campaign\'s own MTA, for the native mode.')
param nativeMta nativeMtaType?

@description('IPs reserved together: /31 is 2, /30 is 4, /28 is 16.')
@minValue(28)
@maxValue(31)
param egressPrefixLength int = 30

@description('Whether the IPs get their reverse names. Address records come first: deploy.sh looks for them.')
param reverseDns bool = false

param proxyVmSize string = 'Standard_B2ats_v2'
param adminName string = 'mtaadmin'

@description('Azure asks for one; nobody can reach SSH from outside.')
param sshPublicKey string

@description('At least a /22.')
param networkPrefix string = '10.40.0.0/22'

@description('Names of the vault\'s entries with keys of return paths: the first signs, all verify. A new deployment brings a value for the first.')
@minLength(1)
param returnPathEntries string[] = ['return-path-key']

@description('Whether the app may make DKIM keys in the vault (role Key Vault Secrets Officer), or only read them.')
param appMakesDkimKeys bool = false

@description('Domains whose mail goes out unsigned; * for all without a key.')
param unsignedDomains string[] = []

@description('Further app settings by name. Nothing secret.')
param settings { *: string } = {}

@description('Further app settings by name, each with the name of the vault\'s entry that has its value: keys of the API, of webhooks and of feedback.')
param vaultSettings { *: string } = {}

@description('Who is told of alerts.')
param alertEmails string[]

@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most that a day may bring, in GB; -1 for no bound.')
param logDailyQuotaGb int = -1

@description('Whether each request to storage is logged.')
param logsStorageRequests bool = false

@description('Base64 of at least 16 random octets. Only the first time: the vault keeps it.')
@secure()
param returnPathKey string = ''

@description('At least 24 printable characters: opens the whole API. Only the first time, or to change it.')
@secure()
param adminKey string = ''

@description('At least 16 letters and digits. Only the first time, or to change it.')
@secure()
param proxyPassword string = ''

var suffix = uniqueString(resourceGroup().id, name)
var globalName = toLower('${name}${suffix}')
var proxyUser = 'mta'
var proxyEntry = 'proxy-password'
var adminEntry = 'api-key-admin'

// Said here and not by the app at its start.
var egressCount = length(proxies) + length(smarthosts) > 0
  ? length(proxies) + length(smarthosts)
  : fail('There is no egress: give proxies or smarthosts.')

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-app-identity'
  location: location
}

resource proxyIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-proxy-identity'
  location: location
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
    retentionInDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    principalId: appIdentity.properties.principalId
    alertEmails: alertEmails
  }
}

module network 'modules/network.bicep' = {
  name: 'network'
  params: {
    name: name
    location: location
    addressPrefix: networkPrefix
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: globalName
    location: location
    skuName: storageSku
    principalId: appIdentity.properties.principalId
    isPublic: !isPrivate
    workspaceId: monitoring.outputs.workspaceId
    logsRequests: logsStorageRequests
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: globalName
    location: location
    appPrincipalId: appIdentity.properties.principalId
    proxyPrincipalId: proxyIdentity.properties.principalId
    appMakesDkimKeys: appMakesDkimKeys
    isPublic: !isPrivate
    workspaceId: monitoring.outputs.workspaceId
    returnPathEntry: returnPathEntries[0]
    proxyEntry: proxyEntry
    adminEntry: adminEntry
    returnPathKey: returnPathKey
    adminKey: adminKey
    proxyPassword: proxyPassword
  }
}

module storageEndpoints 'modules/privateEndpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (isPrivate) {
    name: 'endpoint-${service}'
    params: {
      name: '${name}-storage'
      location: location
      networkId: network.outputs.id
      subnetId: network.outputs.endpointsSubnetId
      resourceId: storage.outputs.id
      groupId: service
      zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
    }
  }
]

module vaultEndpoint 'modules/privateEndpoint.bicep' = if (isPrivate) {
  name: 'endpoint-vault'
  params: {
    name: '${name}-vault'
    location: location
    networkId: network.outputs.id
    subnetId: network.outputs.endpointsSubnetId
    resourceId: vault.outputs.id
    groupId: 'vault'
    // environment().suffixes.keyvaultDns is .vault.azure.net; its private zone has a name of its own.
    zoneName: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  }
}

module egress 'modules/egress.bicep' = if (!empty(proxies)) {
  name: 'egress'
  params: {
    name: name
    location: location
    proxies: proxies
    prefixLength: egressPrefixLength
    reverseDns: reverseDns
    subnetId: network.outputs.proxiesSubnetId
    clients: network.outputs.functionsPrefix
    network: networkPrefix
    proxiesPrefix: network.outputs.proxiesPrefix
    identityId: proxyIdentity.id
    clientId: proxyIdentity.properties.clientId
    entryUrl: '${vault.outputs.uri}secrets/${proxyEntry}'
    vaultResource: 'https://${substring(environment().suffixes.keyvaultDns, 1)}'
    vmSize: proxyVmSize
    adminName: adminName
    sshPublicKey: sshPublicKey
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: '${name}-${suffix}'
    planName: '${name}-plan'
    location: location
    identityId: appIdentity.id
    clientId: appIdentity.properties.clientId
    subnetId: network.outputs.functionsSubnetId
    isPublic: !isApiPrivate
    callers: callers
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    vaultUri: vault.outputs.uri
    insightsConnection: monitoring.outputs.insightsConnection
    workspaceId: monitoring.outputs.workspaceId
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    alwaysReady: alwaysReady
    heloHost: heloHost
    returnPathDomain: returnPathDomain
    returnPathEntries: returnPathEntries
    adminEntry: adminEntry
    proxies: proxies
    proxyAddresses: egress.?outputs.publicAddresses ?? []
    proxyHosts: [for i in range(0, length(proxies)): cidrHost(cidrSubnet(networkPrefix, 26, 5), 3 + i)]
    proxyUser: proxyUser
    proxyEntry: proxyEntry
    smarthosts: smarthosts
    nativeMta: nativeMta
    unsignedDomains: unsignedDomains
    settings: settings
    vaultSettings: vaultSettings
  }
  dependsOn: [storageEndpoints, vaultEndpoint]
}

module apiEndpoint 'modules/privateEndpoint.bicep' = if (isApiPrivate) {
  name: 'endpoint-api'
  params: {
    name: '${name}-api'
    location: location
    networkId: network.outputs.id
    subnetId: network.outputs.endpointsSubnetId
    resourceId: app.outputs.id
    groupId: 'sites'
    zoneName: 'privatelink.azurewebsites.net'
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    insightsId: monitoring.outputs.insightsId
    actionGroupId: monitoring.outputs.actionGroupId
    machineIds: egress.?outputs.machineIds ?? []
    machineCount: length(proxies)
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    name: name
    location: location
    insightsId: monitoring.outputs.insightsId
  }
}

@description('Where Campaign relays to; a key goes in the header x-functions-key.')
output api string = 'https://${app.outputs.hostName}/api'
output appName string = app.outputs.name
output storageName string = storage.outputs.name
output vaultName string = vault.outputs.name
output egressCount int = egressCount

@description('Where the app\'s own requests come from (MTA-STS, feedback, smarthosts): others may let it in.')
output outboundAddress string = network.outputs.outboundAddress

@description('The sending IPs.')
output egresses { publicId: int, heloHost: string, address: string }[] = [
  for (proxy, i) in proxies: {
    publicId: proxy.publicId
    heloHost: proxy.heloHost
    address: egress!.outputs.publicAddresses[i]
  }
]

@description('Records to publish. DKIM: GET /api/domains/{domain}/dkim shows name and value of each selector.')
output dnsRecords { name: string, type: string, value: string, why: string }[] = concat(
  map(range(0, length(proxies)), i => {
    name: proxies[i].heloHost
    type: 'A'
    value: egress!.outputs.publicAddresses[i]
    why: 'The name in EHLO leads to the sending IP. First of all: the reverse name needs it.'
  }),
  map(range(0, length(proxies)), i => {
    name: egress!.outputs.publicAddresses[i]
    type: 'PTR'
    value: proxies[i].heloHost
    why: 'The IP\'s reverse name. Azure publishes it: deploy again with reverseDns once the A records are seen.'
  }),
  empty(proxies)
    ? []
    : [
        {
          name: returnPathDomain
          type: 'TXT'
          value: 'v=spf1 ${join(map(range(0, length(proxies)), i => 'ip4:${egress!.outputs.publicAddresses[i]}'), ' ')} -all'
          why: 'SPF of the envelope sender. A smarthost tells its own include: add it.'
        }
      ],
  empty(returnPathMx)
    ? []
    : [
        {
          name: returnPathDomain
          type: 'MX'
          value: '10 ${returnPathMx}'
          why: 'Where bounces come back to.'
        }
      ],
  [
    {
      name: 'SELECTOR._domainkey.DOMAIN'
      type: 'TXT'
      value: 'GET /api/domains/DOMAIN/dkim shows it'
      why: 'DKIM: the public key of each signing domain and selector.'
    }
  ]
)
