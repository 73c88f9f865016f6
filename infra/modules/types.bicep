// What a sending IP is, in the words of docs/egress.md.

@export()
@description('A sending IP of our own: a VM with a proxy.')
@sealed()
type proxyType = {
  @description('Campaign\'s number of the IP (IPAffinity publicId), unique.')
  @minValue(1)
  publicId: int

  @description('What we say in EHLO. Its address record must be the IP; the IP\'s reverse name becomes it.')
  heloHost: string

  @description('Share of the messages against the others\' weights; 1 unless given.')
  weight: int?

  @description('Only recipients of these domains: masks with * and ?, with commas.')
  includeDomains: string?

  @description('None of these.')
  excludeDomains: string?

  @description('True for an IP that sends already: no warm-up.')
  declaredWarm: bool?
}

@export()
@description('A submission server that takes all mail, instead of sending IPs of our own or beside them.')
@sealed()
type smarthostType = {
  @description('Campaign\'s number, unique among all egresses.')
  @minValue(1)
  publicId: int

  heloHost: string

  @description('host:port; port 587 unless given.')
  smarthost: string

  userName: string

  @description('Name of the vault\'s entry with the password.')
  passwordEntry: string

  weight: int?
  includeDomains: string?
  excludeDomains: string?
}

@export()
@description('Campaign\'s own MTA, for the native mode (emergency revert).')
@sealed()
type nativeMtaType = {
  @description('host:port; port 587 unless given.')
  smarthost: string

  userName: string

  @description('Name of the vault\'s entry with the password.')
  passwordEntry: string
}

@export()
@description('Instances that are always there: 0 saves money, 1 saves the first message of an hour the cold start.')
@sealed()
type alwaysReadyType = {
  @description('\'http\', or \'function:NAME\' such as \'function:RelayTransactional\'.')
  name: string

  @minValue(1)
  instanceCount: int
}
