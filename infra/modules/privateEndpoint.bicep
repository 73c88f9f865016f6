// One service of one resource, seen from the network by its usual name.
param name string
param location string
param networkId string
param subnetId string
param resourceId string

@description('The service: blob, queue, table, vault, sites.')
param groupId string

@description('Its zone, such as privatelink.vaultcore.azure.net.')
param zoneName string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: '${name}-link'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-01-01' = {
  name: '${name}-${groupId}'
  location: location
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: '${name}-${groupId}-nic'
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: resourceId
          groupIds: [groupId]
        }
      }
    ]
  }

  resource record 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zone.id } }]
    }
  }
}
