// The KPIs as Campaign counts them, from the metrics; a delivery's own are in the dashboard.
param name string
param location string
param insightsId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name, 'kpis')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Enhanced MTA: KPIs'
    category: 'workbook'
    sourceId: insightsId
    version: '1.0'
    serializedData: string(loadJsonContent('../workbook/kpis.json'))
  }
}

output id string = workbook.id
