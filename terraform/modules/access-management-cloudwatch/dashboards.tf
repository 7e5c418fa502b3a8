locals {
  # All widgets are twelve columns wide and six rows high; two stand side by side.
  widgets = [
    {
      title = "API: requests and errors"
      stat  = "Sum"
      metrics = [
        ["AWS/ApiGateway", "Count", "ApiName", var.api_name, "Stage", var.api_stage_name],
        ["AWS/ApiGateway", "4XXError", "ApiName", var.api_name, "Stage", var.api_stage_name],
        ["AWS/ApiGateway", "5XXError", "ApiName", var.api_name, "Stage", var.api_stage_name],
      ]
    },
    {
      title = "API: latency (p95)"
      stat  = "p95"
      metrics = [
        ["AWS/ApiGateway", "Latency", "ApiName", var.api_name, "Stage", var.api_stage_name],
        ["AWS/ApiGateway", "IntegrationLatency", "ApiName", var.api_name, "Stage", var.api_stage_name],
      ]
    },
    {
      title   = "Functions: errors"
      stat    = "Sum"
      metrics = [for name in values(var.function_names) : ["AWS/Lambda", "Errors", "FunctionName", name]]
    },
    {
      title   = "Functions: duration (p95)"
      stat    = "p95"
      metrics = [for name in values(var.function_names) : ["AWS/Lambda", "Duration", "FunctionName", name]]
    },
    {
      title = "Table: consumed capacity"
      stat  = "Sum"
      metrics = [
        ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", var.table_name],
        ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", var.table_name],
      ]
    },
    {
      title   = "Table: throttled requests"
      stat    = "Sum"
      metrics = [for operation in var.table_operations : ["AWS/DynamoDB", "ThrottledRequests", "TableName", var.table_name, "Operation", operation]]
    },
    {
      title   = "Indexes: throttled writes"
      stat    = "Sum"
      metrics = [for name in values(var.gsi_names) : ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", var.table_name, "GlobalSecondaryIndexName", name]]
    },
    {
      title   = "Audit: age of the stream's records"
      stat    = "Maximum"
      metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", var.function_names["audit"]]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.dashboard_name

  dashboard_body = jsonencode({
    widgets = [
      for position, widget in local.widgets : {
        type   = "metric"
        x      = position % 2 * 12
        y      = floor(position / 2) * 6
        width  = 12
        height = 6

        properties = {
          title   = widget.title
          region  = var.region
          stat    = widget.stat
          period  = 300
          view    = "timeSeries"
          metrics = widget.metrics
        }
      }
    ]
  })
}
