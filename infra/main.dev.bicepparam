// A place to try things: one sending IP, endpoints reachable from where you work, cheapest kinds of all.
using 'main.bicep'

param name = 'mtadev'
param isPrivate = false
param storageSku = 'Standard_LRS'
param maximumInstances = 40
param instanceMemoryMB = 2048

param returnPathDomain = 'bounces.dev.example.com'
param returnPathMx = 'mx.dev.example.com'
param heloHost = 'mta1.dev.example.com'

param proxies = [
  { publicId: 1, heloHost: 'mta1.dev.example.com' }
]
param egressPrefixLength = 31

// Nothing to sign with is no reason to wait here; in production it is.
param unsignedDomains = ['*']

param alertEmails = ['dev@example.com']
param logDailyQuotaGb = 1

// Azure asks for a key, and for the same one each time; nobody reaches SSH from outside.
param sshPublicKey = readEnvironmentVariable('MTA_SSH_PUBLIC_KEY', '')
param reverseDns = bool(readEnvironmentVariable('MTA_REVERSE_DNS', 'false'))

// Set by deploy.sh the first time only; the vault keeps them.
param returnPathKey = readEnvironmentVariable('MTA_RETURN_PATH_KEY', '')
param adminKey = readEnvironmentVariable('MTA_ADMIN_KEY', '')
param proxyPassword = readEnvironmentVariable('MTA_PROXY_PASSWORD', '')
