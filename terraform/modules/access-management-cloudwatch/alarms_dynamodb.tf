# Each metric exists for certain dimensions only, and an alarm on others waits for ever:
#   ThrottledRequests, SystemErrors    TableName and Operation
#   ReadThrottleEvents, WriteThrottleEvents    TableName, and GlobalSecondaryIndexName for an index
#   ReplicationLatency    TableName and ReceivingRegion
#   UserErrors    none: it counts for the whole account in the Region
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html

resource "aws_cloudwatch_metric_alarm" "table_throttled_requests" {
  for_each = var.table_operations

  alarm_name          = "${local.name_prefix}-alarm-table-throttled-${each.key}"
  alarm_description   = "DynamoDB throttles ${each.key} on ${var.table_name}."
  namespace           = "AWS/DynamoDB"
  metric_name         = "ThrottledRequests"
  dimensions          = { TableName = var.table_name, Operation = each.key }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.table_throttled_requests
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-table-throttled-${each.key}" })
}

resource "aws_cloudwatch_metric_alarm" "table_system_errors" {
  for_each = var.table_operations

  alarm_name          = "${local.name_prefix}-alarm-table-system-errors-${each.key}"
  alarm_description   = "DynamoDB fails (HTTP 500) on ${each.key} of ${var.table_name}."
  namespace           = "AWS/DynamoDB"
  metric_name         = "SystemErrors"
  dimensions          = { TableName = var.table_name, Operation = each.key }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.table_system_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-table-system-errors-${each.key}" })
}

# An index that cannot keep up holds back the writes of the whole table.
resource "aws_cloudwatch_metric_alarm" "index_write_throttles" {
  for_each = var.gsi_names

  alarm_name          = "${local.name_prefix}-alarm-${each.key}-write-throttles"
  alarm_description   = "DynamoDB throttles writes to ${each.value}, and with them those to the table."
  namespace           = "AWS/DynamoDB"
  metric_name         = "WriteThrottleEvents"
  dimensions          = { TableName = var.table_name, GlobalSecondaryIndexName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.table_throttled_requests
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-${each.key}-write-throttles" })
}

resource "aws_cloudwatch_metric_alarm" "index_read_throttles" {
  for_each = var.gsi_names

  alarm_name          = "${local.name_prefix}-alarm-${each.key}-read-throttles"
  alarm_description   = "DynamoDB throttles reads of ${each.value}."
  namespace           = "AWS/DynamoDB"
  metric_name         = "ReadThrottleEvents"
  dimensions          = { TableName = var.table_name, GlobalSecondaryIndexName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.table_throttled_requests
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-${each.key}-read-throttles" })
}

resource "aws_cloudwatch_metric_alarm" "account_user_errors" {
  alarm_name          = "${local.name_prefix}-alarm-dynamodb-user-errors"
  alarm_description   = "DynamoDB refuses many requests (HTTP 400) of this account in ${var.region}; the metric does not say of which table."
  namespace           = "AWS/DynamoDB"
  metric_name         = "UserErrors"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.account_user_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-dynamodb-user-errors" })
}

resource "aws_cloudwatch_metric_alarm" "table_replication_latency" {
  for_each = toset(var.replica_regions)

  alarm_name          = "${local.name_prefix}-alarm-table-replication-${each.key}"
  alarm_description   = "The replica of ${var.table_name} in ${each.key} lags behind by more than ${var.thresholds.table_replication_latency_in_milliseconds} ms."
  namespace           = "AWS/DynamoDB"
  metric_name         = "ReplicationLatency"
  dimensions          = { TableName = var.table_name, ReceivingRegion = each.key }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.table_replication_latency_in_milliseconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-table-replication-${each.key}" })
}
