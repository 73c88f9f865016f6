// Production: private endpoints, three zones, two sending IPs, one smarthost as a way out, Campaign's own MTA for the emergency.
using 'main.bicep'

param name = 'mta'
param isPrivate = true
param storageSku = 'Standard_ZRS'
param maximumInstances = 100
param instanceMemoryMB = 2048
param alwaysReady = [
  { name: 'http', instanceCount: 1 }
  { name: 'function:RelayTransactional', instanceCount: 1 }
]

// Who may call the API: Campaign's instances, the providers whose webhooks come, your own office.
param callers = ['198.51.100.0/24', '203.0.113.0/24']

param returnPathDomain = 'bounces.example.com'
param returnPathMx = 'mx.example.com'
param heloHost = 'mta11.example.com'

// Declare an IP warm when it sends already; else the warm-up begins with its first message.
param proxies = [
  { publicId: 11, heloHost: 'mta11.example.com' }
  { publicId: 12, heloHost: 'mta12.example.com' }
]
param egressPrefixLength = 30

param smarthosts = [
  {
    publicId: 90
    heloHost: 'mta11.example.com'
    smarthost: 'smtp.relay.example:587'
    userName: 'mta'
    passwordEntry: 'smarthost-password'
    includeDomains: 'partner.example'
  }
]
param nativeMta = {
  smarthost: 'native-mta.campaign.example:587'
  userName: 'mta'
  passwordEntry: 'native-mta-password'
}

// Keys by role (docs/security.md), webhooks, feedback: app setting, and the vault's entry with its value.
param vaultSettings = {
  EnhancedMta__Keys__Ingest__0: 'api-key-ingest'
  EnhancedMta__Keys__Read__0: 'api-key-read'
  EnhancedMta__Keys__Bounces__sparkpost__0: 'api-key-sparkpost'
  EnhancedMta__Webhooks__sparkpost__Token: 'webhook-sparkpost'
}
param settings = {
  EnhancedMta__TlsReports__From: 'tls-reports@example.com'
  EnhancedMta__TlsReports__Organization: 'Example'
}

param alertEmails = ['operators@example.com']
param logRetentionDays = 90
param logsStorageRequests = true

// Azure asks for a key, and for the same one each time; nobody reaches SSH from outside.
param sshPublicKey = readEnvironmentVariable('MTA_SSH_PUBLIC_KEY', '')
param reverseDns = bool(readEnvironmentVariable('MTA_REVERSE_DNS', 'false'))

// Set by deploy.sh the first time only; the vault keeps them.
param returnPathKey = readEnvironmentVariable('MTA_RETURN_PATH_KEY', '')
param adminKey = readEnvironmentVariable('MTA_ADMIN_KEY', '')
param proxyPassword = readEnvironmentVariable('MTA_PROXY_PASSWORD', '')
