output "function_log_group_arns" {
  description = "ARNs of the functions' log groups, by service."
  value       = { for service, group in aws_cloudwatch_log_group.function : service => group.arn }
}

output "function_log_group_names" {
  description = "Names of the functions' log groups, by service."
  value       = { for service, group in aws_cloudwatch_log_group.function : service => group.name }
}

output "api_access_log_group_arn" {
  description = "ARN of the log group for the API's access logs."
  value       = aws_cloudwatch_log_group.api_access.arn
}

output "topic_arns" {
  description = "ARNs of the alert topics, by severity (critical, warning)."
  value       = { for severity, topic in aws_sns_topic.alerts : severity => topic.arn }
}

output "topic_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the alerts; other services that publish need a place in its policy."
  value       = aws_kms_key.alerts.arn
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of all alarms."
  value = sort(concat(
    values(aws_cloudwatch_metric_alarm.function_errors)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.function_throttles)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.function_duration)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.table_throttled_requests)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.table_system_errors)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.index_write_throttles)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.index_read_throttles)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.table_replication_latency)[*].alarm_name,
    aws_cloudwatch_metric_alarm.audit_replication_failures[*].alarm_name,
    aws_cloudwatch_metric_alarm.audit_replication_latency[*].alarm_name,
    [
      aws_cloudwatch_metric_alarm.archive_lag.alarm_name,
      aws_cloudwatch_metric_alarm.api_server_errors.alarm_name,
      aws_cloudwatch_metric_alarm.api_client_errors.alarm_name,
      aws_cloudwatch_metric_alarm.api_latency.alarm_name,
      aws_cloudwatch_metric_alarm.account_user_errors.alarm_name,
    ],
  ))
}
