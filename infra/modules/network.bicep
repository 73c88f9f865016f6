// One network, three subnets: the functions, the private endpoints, the proxies. Each admits what it needs and no more.
param name string
param location string

@description('At least a /22, such as 10.40.0.0/22. The functions get a /24 of it, endpoints and proxies a /26 each.')
param addressPrefix string

param workspaceId string

var functionsPrefix = cidrSubnet(addressPrefix, 24, 0)
var endpointsPrefix = cidrSubnet(addressPrefix, 26, 4)
var proxiesPrefix = cidrSubnet(addressPrefix, 26, 5)

resource functionsRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${name}-functions-nsg'
  location: location
  properties: {
    securityRules: [
      {
        name: 'no-mail-past-the-proxies'
        properties: {
          description: 'Mail that left by the NAT gateway would come from an IP without name and reputation.'
          priority: 100
          direction: 'Outbound'
          access: 'Deny'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRange: '25'
        }
      }
    ]
  }
}

resource endpointsRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${name}-endpoints-nsg'
  location: location
  properties: {
    securityRules: [
      {
        name: 'https-from-functions-and-proxies'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: [functionsPrefix, proxiesPrefix]
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource proxiesRules 'Microsoft.Network/networkSecurityGroups@2025-01-01' = {
  name: '${name}-proxies-nsg'
  location: location
  properties: {
    securityRules: [
      {
        name: 'socks-from-functions'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: functionsPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: proxiesPrefix
          destinationPortRange: '1080'
        }
      }
      {
        name: 'nothing-else-in'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'mail'
        properties: {
          priority: 100
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRange: '25'
        }
      }
      {
        name: 'packages-and-identity'
        properties: {
          description: 'Debian\'s packages, sign-in, and the vault where it has no private endpoint.'
          priority: 110
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRanges: ['80', '443']
        }
      }
      {
        name: 'vault'
        properties: {
          priority: 120
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: endpointsPrefix
          destinationPortRange: '443'
        }
      }
      {
        name: 'time'
        properties: {
          priority: 130
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Udp'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: 'Internet'
          destinationPortRange: '123'
        }
      }
      {
        name: 'nothing-else-out'
        properties: {
          description: 'Whoever breaks into a proxy finds no way further in. Azure\'s own DNS is not subject to this.'
          priority: 4096
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Subnets have no way out by default: MTA-STS, feedback and smarthosts go by this gateway, from one address that others may let in.
resource natAddress 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: '${name}-nat-ip'
  location: location
  sku: { name: 'Standard' }
  properties: {
    publicIPAddressVersion: 'IPv4'
    publicIPAllocationMethod: 'Static'
  }
}

resource nat 'Microsoft.Network/natGateways@2025-01-01' = {
  name: '${name}-nat'
  location: location
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [{ id: natAddress.id }]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        // No underscore in the name: Flex Consumption refuses it.
        name: 'functions'
        properties: {
          addressPrefix: functionsPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: functionsRules.id }
          natGateway: { id: nat.id }
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: endpointsRules.id }
          // Without this, the rules above do not hold for private endpoints.
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
      {
        name: 'proxies'
        properties: {
          addressPrefix: proxiesPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: proxiesRules.id }
        }
      }
    ]
  }
}

resource networkDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource natAddressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: natAddress
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource functionsRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: functionsRules
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource endpointsRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: endpointsRules
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource proxiesRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'workspace'
  scope: proxiesRules
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output id string = network.id
output functionsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'functions')
output endpointsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'endpoints')
output proxiesSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'proxies')
output functionsPrefix string = functionsPrefix
output proxiesPrefix string = proxiesPrefix
output outboundAddress string = natAddress.properties.ipAddress
