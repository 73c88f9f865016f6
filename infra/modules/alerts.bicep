// When somebody should look. What to do then is in docs/operations.md; thresholds are those that seldom cry wolf.
param name string
param location string
param insightsId string
param actionGroupId string

@description('The proxies\' VMs.')
param machineIds string[]
param machineCount int

@description('Percent of an hour\'s accepted messages that fail.')
param failedPercent int = 10

@description('Accepted messages of an hour from which on a share means something.')
param failedLeast int = 1000

@description('Seconds that the oldest message of a lane may wait for a worker.')
param transactionalAge int = 300
param marketingAge int = 1800

// Gauges are measured by one instance at a time, and the others report 0: the largest counts. Counters are each instance's own: their sum counts.
var rules = [
  {
    key: 'poison'
    severity: 1
    title: 'Poison messages'
    text: 'Queue messages failed five times and were put aside. GET /api/incidents names them; the log has the cause.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.poison_messages'
      | summarize messages = sum(valueSum)
      | where messages > 0'''
  }
  {
    key: 'success'
    severity: 2
    title: 'Success % falls'
    text: 'More messages fail than usually do. The workbook shows the reasons; one provider alone may have a bad day.'
    window: 'PT1H'
    query: format(
      '''
      let accepted = toscalar(customMetrics | where name == 'enhancedmta.messages.accepted' | summarize sum(valueSum));
      customMetrics
      | where name == 'enhancedmta.messages.failed'
      | summarize failed = sum(valueSum)
      | where accepted >= {0} and 100.0 * failed / accepted > {1}''',
      failedLeast,
      failedPercent
    )
  }
  {
    key: 'suspended'
    severity: 3
    title: 'A path is suspended'
    text: 'A provider turned an egress away for a while. GET /api/paths shows which, why and until when.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.paths' and tostring(customDimensions.mode) == 'suspended'
      | summarize paths = max(valueMax)
      | where paths > 0'''
  }
  {
    key: 'age-transactional'
    severity: 1
    title: 'Transactional mail waits'
    text: 'The oldest transactional message waits for a worker for longer than it should.'
    window: 'PT15M'
    query: format(
      '''
      customMetrics
      | where name == 'enhancedmta.queue.oldest_age' and tostring(customDimensions.queue) == 'relay-transactional'
      | summarize seconds = max(valueMax) by bin(timestamp, 5m)
      | where seconds > {0}''',
      transactionalAge
    )
  }
  {
    key: 'age-others'
    severity: 2
    title: 'A queue grows old'
    text: 'The oldest message of a queue waits for a worker for longer than it should: more instances, or fewer messages.'
    window: 'PT30M'
    query: format(
      '''
      customMetrics
      | where name == 'enhancedmta.queue.oldest_age' and tostring(customDimensions.queue) != 'relay-transactional'
      | summarize seconds = max(valueMax) by queue = tostring(customDimensions.queue)
      | where seconds > {0}''',
      marketingAge
    )
  }
  {
    key: 'refused'
    severity: 2
    title: 'Relay requests are refused'
    text: 'Campaign is answered 429: more is offered than can be relayed in time, or memory is short. Nothing that was accepted is lost. The bound tells which; docs/operations.md, Overload.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.relay_requests.refused'
      | summarize requests = sum(valueSum) by lane = tostring(customDimensions.lane), bound = tostring(customDimensions.bound)
      | where requests > 0'''
  }
  {
    key: 'standstill'
    severity: 0
    title: 'Nothing is delivered while messages wait'
    text: 'Messages are queued and none was delivered for 15 minutes: egress, DNS or network. In maintenance mode this is meant.'
    window: 'PT15M'
    query: '''
      let delivered = toscalar(customMetrics
        | where name == 'enhancedmta.messages.settled' and tostring(customDimensions.outcome) == 'delivered'
        | summarize sum(valueSum));
      customMetrics
      | where name == 'enhancedmta.queue.oldest_age' and tostring(customDimensions.queue) startswith 'relay-'
      | summarize seconds = max(valueMax)
      | where seconds > 900 and coalesce(delivered, 0.0) == 0'''
  }
  {
    key: 'egress'
    severity: 1
    title: 'An egress is down'
    text: 'An instance leaves an egress alone because it fails: the proxy, its password, or the smarthost. GET /api/warm-up shows which.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.egresses.down'
      | summarize down = max(valueMax) by egress = tostring(customDimensions.egress)
      | where down > 0'''
  }
  {
    key: 'dkim'
    severity: 1
    title: 'A DKIM key is missing'
    text: 'Mail of a domain waits because its key is missing or broken. It never goes out unsigned. GET /api/incidents names the domain.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.dkim.keys_missing'
      | summarize domains = max(valueMax)
      | where domains > 0'''
  }
  {
    key: 'incident'
    severity: 2
    title: 'An incident'
    text: 'Something that somebody should look at: GET /api/incidents.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.incidents' and tostring(customDimensions.kind) !in ('poison', 'egress', 'dkim-key', 'feedback-endpoint')
      | summarize incidents = sum(valueSum) by kind = tostring(customDimensions.kind)
      | where incidents > 0'''
  }
  {
    key: 'feed'
    severity: 2
    title: 'Feedback is not taken'
    text: 'An endpoint of Campaign has taken no feedback for long. Nothing is lost: all waits and is tried again. GET /api/feedback/endpoints shows its last answer.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.incidents' and tostring(customDimensions.kind) == 'feedback-endpoint'
      | summarize incidents = sum(valueSum)
      | where incidents > 0'''
  }
  {
    key: 'silence'
    severity: 0
    title: 'The app is silent'
    text: 'No measurement for 15 minutes, which a timer makes each minute: the app does not start. Its log (FunctionAppLogs) names the setting.'
    window: 'PT15M'
    query: '''
      customMetrics
      | where name == 'enhancedmta.queue.oldest_age'
      | summarize measurements = count()
      | where measurements == 0'''
  }
]

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.key}'
    location: location
    properties: {
      displayName: '${name}: ${rule.title}'
      description: rule.text
      severity: rule.severity
      enabled: true
      autoMitigate: true
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      scopes: [insightsId]
      // Metrics come up in their own time: a new installation has none of some names yet.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]

// The VM itself, whatever the pipeline thinks of its proxy.
resource machines 'Microsoft.Insights/metricAlerts@2018-03-01' = if (machineCount > 0) {
  name: '${name}-egress-vm'
  location: 'global'
  properties: {
    description: 'A VM of a sending IP is not available.'
    severity: 1
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    scopes: machineIds
    targetResourceType: 'Microsoft.Compute/virtualMachines'
    targetResourceRegion: location
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'availability'
          metricNamespace: 'Microsoft.Compute/virtualMachines'
          metricName: 'VmAvailabilityMetric'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
