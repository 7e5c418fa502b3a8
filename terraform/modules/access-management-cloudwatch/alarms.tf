# Alarms on the functions, the API and the copies of the audit bucket; those on the table are in
# alarms_dynamodb.tf.
#
# Lambda, API Gateway, S3 and DynamoDB send most of these metrics only when there is something to count. No data
# is therefore "notBreaching": a quiet night is not an alarm, and not the end of one that never comes either.

# --- functions: AWS/Lambda by FunctionName -----------------------------------------

resource "aws_cloudwatch_metric_alarm" "function_errors" {
  for_each = var.function_names

  alarm_name          = "${local.name_prefix}-alarm-${each.key}-errors"
  alarm_description   = "The ${each.key} function fails."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.function_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-${each.key}-errors" })
}

resource "aws_cloudwatch_metric_alarm" "function_throttles" {
  for_each = var.function_names

  alarm_name          = "${local.name_prefix}-alarm-${each.key}-throttles"
  alarm_description   = "Lambda refuses invocations of the ${each.key} function: its concurrency, or the account's, is used up."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.function_throttles
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-${each.key}-throttles" })
}

resource "aws_cloudwatch_metric_alarm" "function_duration" {
  for_each = var.function_names

  alarm_name          = "${local.name_prefix}-alarm-${each.key}-duration"
  alarm_description   = "The ${each.key} function is slow: one call in twenty takes longer than ${var.thresholds.function_duration_p95_in_milliseconds} ms."
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = each.value }
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.function_duration_p95_in_milliseconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-${each.key}-duration" })
}

# Records stay in a table's stream for 24 hours. What the archive has not read by then is lost to it.
resource "aws_cloudwatch_metric_alarm" "archive_lag" {
  alarm_name          = "${local.name_prefix}-alarm-audit-archive-lag"
  alarm_description   = "The archiving of audit events lags behind the table's stream, which forgets after 24 hours."
  namespace           = "AWS/Lambda"
  metric_name         = "IteratorAge"
  dimensions          = { FunctionName = var.function_names["audit"] }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.archive_lag_in_milliseconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-audit-archive-lag" })
}

# --- API: AWS/ApiGateway by ApiName and Stage --------------------------------------

resource "aws_cloudwatch_metric_alarm" "api_server_errors" {
  alarm_name          = "${local.name_prefix}-alarm-api-server-errors"
  alarm_description   = "The API answers with 5XX."
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = { ApiName = var.api_name, Stage = var.api_stage_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.thresholds.api_server_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-api-server-errors" })
}

# The average of this metric is the share of requests, 0 to 1.
resource "aws_cloudwatch_metric_alarm" "api_client_errors" {
  alarm_name          = "${local.name_prefix}-alarm-api-client-errors"
  alarm_description   = "Many requests are refused with 4XX: a broken client, or somebody tries tokens."
  namespace           = "AWS/ApiGateway"
  metric_name         = "4XXError"
  dimensions          = { ApiName = var.api_name, Stage = var.api_stage_name }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.api_client_error_share
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-api-client-errors" })
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  alarm_name          = "${local.name_prefix}-alarm-api-latency"
  alarm_description   = "The API is slow: one request in twenty takes longer than ${var.thresholds.api_latency_p95_in_milliseconds} ms."
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = { ApiName = var.api_name, Stage = var.api_stage_name }
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.api_latency_p95_in_milliseconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-api-latency" })
}

# --- audit bucket: AWS/S3 by SourceBucket, DestinationBucket and RuleId ------------

resource "aws_cloudwatch_metric_alarm" "audit_replication_failures" {
  count = var.audit_replication == null ? 0 : 1

  alarm_name        = "${local.name_prefix}-alarm-audit-replication-failures"
  alarm_description = "Audit objects were not copied to the failover Region."
  namespace         = "AWS/S3"
  metric_name       = "OperationsFailedReplication"

  dimensions = {
    SourceBucket      = var.audit_replication.source_bucket
    DestinationBucket = var.audit_replication.destination_bucket
    RuleId            = var.audit_replication.rule_id
  }

  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.critical
  ok_actions          = local.critical
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-audit-replication-failures" })
}

resource "aws_cloudwatch_metric_alarm" "audit_replication_latency" {
  count = var.audit_replication == null ? 0 : 1

  alarm_name        = "${local.name_prefix}-alarm-audit-replication-latency"
  alarm_description = "The copy of the audit bucket lags behind by more than ${var.thresholds.audit_replication_latency_in_seconds} s."
  namespace         = "AWS/S3"
  metric_name       = "ReplicationLatency"

  dimensions = {
    SourceBucket      = var.audit_replication.source_bucket
    DestinationBucket = var.audit_replication.destination_bucket
    RuleId            = var.audit_replication.rule_id
  }

  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.audit_replication_latency_in_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.warning
  tags                = merge(local.common_tags, { Name = "${local.name_prefix}-alarm-audit-replication-latency" })
}
