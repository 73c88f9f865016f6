// Sending IPs: for each a small VM that owns it, with a SOCKS5 proxy that only the functions' subnet reaches.
import { proxyType } from 'types.bicep'

param name string
param location string
param proxies proxyType[]

@description('How many IPs are reserved together, so that receivers see neighbours of one owner: /28 is 16, /30 is 4.')
param prefixLength int

@description('Whether host names become the IPs\' reverse names: only once their address records are published, or Azure refuses.')
param reverseDns bool

param subnetId string
param clients string
@description('The whole network, which the proxies keep out of.')
param network string

@description('Subnet of the proxies: the i-th gets the i-th address that is free.')
param proxiesPrefix string

param identityId string
param clientId string

@description('Address of the vault\'s entry with the proxies\' password.')
param entryUrl string

@description('What a token for the vault is asked for.')
param vaultResource string

param vmSize string
param adminName string

@description('Nobody can reach SSH from outside; Azure asks for a key all the same.')
param sshPublicKey string

param workspaceId string

var capacity = [1, 2, 4, 8, 16][32 - prefixLength]
// Said here and not by Azure in the middle of a deployment.
var count = length(proxies) <= capacity
  ? length(proxies)
  : fail('There are more proxies than the prefix has IPs; see egressPrefixLength.')

var dantedConf = reduce(
  items({ '{{interface}}': 'eth0', '{{clients}}': clients, '{{network}}': network }),
  loadTextContent('../egress/danted.conf'),
  (text, value) => replace(text, value.key, value.value)
)

// VM i gets its own hour, so that never two are away.
var cloudInit = [
  for i in range(0, count): reduce(
    items({
      '{{danted.conf}}': base64(dantedConf)
      '{{mta-proxy-password}}': base64(loadTextContent('../egress/mta-proxy-password'))
      '{{clientId}}': clientId
      '{{vaultResource}}': vaultResource
      '{{passwordUrl}}': entryUrl
      '{{rebootTime}}': '${padLeft(string(i % 24), 2, '0')}:30'
    }),
    loadTextContent('../egress/cloud-init.yaml'),
    (text, value) => replace(text, value.key, value.value)
  )
]

resource prefix 'Microsoft.Network/publicIPPrefixes@2025-01-01' = {
  name: '${name}-prefix'
  location: location
  sku: { name: 'Standard', tier: 'Regional' }
  properties: {
    publicIPAddressVersion: 'IPv4'
    prefixLength: prefixLength
  }
}

resource addresses 'Microsoft.Network/publicIPAddresses@2025-01-01' = [
  for proxy in proxies: {
    name: '${name}-egress-${proxy.publicId}-ip'
    location: location
    sku: { name: 'Standard', tier: 'Regional' }
    properties: {
      publicIPAddressVersion: 'IPv4'
      publicIPAllocationMethod: 'Static'
      publicIPPrefix: { id: prefix.id }
      idleTimeoutInMinutes: 15
      dnsSettings: union(
        { domainNameLabel: '${name}-${proxy.publicId}-${take(uniqueString(resourceGroup().id), 6)}' },
        reverseDns ? { reverseFqdn: '${proxy.heloHost}.' } : {}
      )
    }
  }
]

resource cards 'Microsoft.Network/networkInterfaces@2025-01-01' = [
  for (proxy, i) in proxies: {
    name: '${name}-egress-${proxy.publicId}-nic'
    location: location
    properties: {
      ipConfigurations: [
        {
          name: 'egress'
          properties: {
            subnet: { id: subnetId }
            // The settings of the app name it, so it may not change: the first four of a subnet are Azure's own.
            privateIPAllocationMethod: 'Static'
            privateIPAddress: cidrHost(proxiesPrefix, 3 + i)
            publicIPAddress: {
              id: addresses[i].id
              properties: { deleteOption: 'Detach' }
            }
          }
        }
      ]
    }
  }
]

resource machines 'Microsoft.Compute/virtualMachines@2024-11-01' = [
  for (proxy, i) in proxies: {
    name: '${name}-egress-${proxy.publicId}'
    location: location
    identity: {
      type: 'UserAssigned'
      userAssignedIdentities: { '${identityId}': {} }
    }
    properties: {
      hardwareProfile: { vmSize: vmSize }
      osProfile: {
        computerName: '${name}-egress-${proxy.publicId}'
        adminUsername: adminName
        // Cannot be changed on a VM that is there: deploy.sh --renew-egress makes new ones, one after the other. IPs stay.
        customData: base64(cloudInit[i])
        linuxConfiguration: {
          disablePasswordAuthentication: true
          ssh: { publicKeys: [{ path: '/home/${adminName}/.ssh/authorized_keys', keyData: sshPublicKey }] }
        }
      }
      storageProfile: {
        imageReference: {
          publisher: 'Debian'
          offer: 'debian-12'
          sku: '12-gen2'
          version: 'latest'
        }
        osDisk: {
          createOption: 'FromImage'
          deleteOption: 'Delete'
          managedDisk: { storageAccountType: 'StandardSSD_LRS' }
        }
      }
      networkProfile: {
        networkInterfaces: [{ id: cards[i].id, properties: { deleteOption: 'Detach' } }]
      }
      diagnosticsProfile: { bootDiagnostics: { enabled: true } }
    }
  }
]

resource addressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (proxy, i) in proxies: {
    name: 'workspace'
    scope: addresses[i]
    properties: {
      workspaceId: workspaceId
      logs: [{ categoryGroup: 'allLogs', enabled: true }]
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]

resource machineDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (proxy, i) in proxies: {
    name: 'workspace'
    scope: machines[i]
    properties: {
      workspaceId: workspaceId
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]

output machineIds string[] = [for i in range(0, count): machines[i].id]

@description('Public addresses, in the order of the proxies.')
output publicAddresses string[] = [for i in range(0, count): addresses[i].properties.ipAddress]
