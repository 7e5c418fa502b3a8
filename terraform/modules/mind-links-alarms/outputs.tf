output "topic_arn" {
  description = "ARN of the topic that alarms are sent to."
  value       = aws_sns_topic.alerts.arn
}

output "alarm_names" {
  description = "Names of all alarms."
  value = concat(
    [for alarm in values(aws_cloudwatch_metric_alarm.throttled_requests) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.throttle_events) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.system_errors) : alarm.alarm_name],
  )
}
