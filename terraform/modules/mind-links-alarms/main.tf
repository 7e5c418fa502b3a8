locals {
  # Per table the metrics of one kind of throttle event: those of the table and of each of its indexes, which CloudWatch
  # keeps apart.
  throttle_events = merge([
    for key, table in var.tables : {
      for kind in ["read", "write"] : "${key}/${kind}" => {
        name        = table.name
        service     = table.service
        index_names = table.index_names
        kind        = kind
        metric_name = "${title(kind)}ThrottleEvents"
      }
    }
  ]...)
}

# DynamoDB publishes ThrottledRequests and SystemErrors by table and operation, never by table alone: an alarm without the
# operation watches a metric that does not exist. The sum over the operations is the table's.

resource "aws_cloudwatch_metric_alarm" "throttled_requests" {
  for_each = var.tables

  alarm_name          = "dynamodb-throttling-${each.value.name}"
  alarm_description   = "DynamoDB throttles requests to ${each.value.name}. The alarm's graph shows which operations."
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = var.evaluation_periods
  threshold           = var.throttling_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "total"
    label       = "throttled requests"
    expression  = "SUM(METRICS())"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = var.operations

    content {
      id    = lower(metric_query.value)
      label = metric_query.value

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "ThrottledRequests"
        stat        = "Sum"
        period      = var.period

        dimensions = {
          TableName = each.value.name
          Operation = metric_query.value
        }
      }
    }
  }

  tags = merge(
    var.tags,
    {
      Service = each.value.service
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "system_errors" {
  for_each = var.tables

  alarm_name          = "dynamodb-system-errors-${each.value.name}"
  alarm_description   = "DynamoDB answers requests to ${each.value.name} with HTTP 500. The alarm's graph shows which operations."
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = var.evaluation_periods
  threshold           = var.system_errors_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "total"
    label       = "system errors"
    expression  = "SUM(METRICS())"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = var.operations

    content {
      id    = lower(metric_query.value)
      label = metric_query.value

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "SystemErrors"
        stat        = "Sum"
        period      = var.period

        dimensions = {
          TableName = each.value.name
          Operation = metric_query.value
        }
      }
    }
  }

  tags = merge(
    var.tags,
    {
      Service = each.value.service
    },
  )
}

# A batch counts as a throttled request only when all of it is throttled; events show the parts, and which index is hot.
resource "aws_cloudwatch_metric_alarm" "throttle_events" {
  for_each = local.throttle_events

  alarm_name          = "dynamodb-${each.value.kind}-throttling-${each.value.name}"
  alarm_description   = "DynamoDB throttles ${each.value.kind}s of ${each.value.name} or one of its indexes. The alarm's graph shows which."
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = var.evaluation_periods
  threshold           = var.throttling_threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "total"
    label       = "throttled ${each.value.kind}s"
    expression  = "SUM(METRICS())"
    return_data = true
  }

  metric_query {
    id    = "base"
    label = each.value.name

    metric {
      namespace   = "AWS/DynamoDB"
      metric_name = each.value.metric_name
      stat        = "Sum"
      period      = var.period

      dimensions = {
        TableName = each.value.name
      }
    }
  }

  dynamic "metric_query" {
    for_each = each.value.index_names

    content {
      id    = "index${metric_query.key}"
      label = metric_query.value

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = each.value.metric_name
        stat        = "Sum"
        period      = var.period

        dimensions = {
          TableName                = each.value.name
          GlobalSecondaryIndexName = metric_query.value
        }
      }
    }
  }

  tags = merge(
    var.tags,
    {
      Service = each.value.service
    },
  )
}
