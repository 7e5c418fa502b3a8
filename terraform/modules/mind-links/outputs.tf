output "table_names" {
  description = "Names of all tables, by their name without the environment."
  value       = module.tables.table_names
}

output "table_arns" {
  description = "ARNs of all tables, by their name without the environment."
  value       = module.tables.table_arns
}

output "index_arns" {
  description = "ARNs of all indexes, by the table's name without the environment and by index name."
  value       = module.tables.index_arns
}

output "stream_arns" {
  description = "ARNs of the streams, by the table's name without the environment."
  value       = module.tables.stream_arns
}

output "table_parameter_names" {
  description = "Names of the parameters that hold the tables' names, by the table's name without the environment."
  value       = module.tables.parameter_names
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the tables."
  value       = module.tables.kms_key_arn
}

output "bucket_names" {
  description = "Names of the buckets, by what they hold."
  value       = { for purpose, bucket in module.bucket : purpose => bucket.name }
}

output "service_role_arns" {
  description = "ARNs of the services' roles, by service."
  value       = { for service, role in module.service_role : service => role.arn }
}

output "ecs_service_names" {
  description = "Names of the ECS services, by service."
  value       = { for service, running in module.ecs_service : service => running.service_name }
}

output "task_definition_arns" {
  description = "ARNs of the task definitions, with their revisions, by service."
  value       = { for service, running in module.ecs_service : service => running.task_definition_arn }
}

output "jwt_secret_arn" {
  description = "ARN of the secret whose value has to be set before a service starts."
  value       = aws_secretsmanager_secret.jwt.arn
}

output "alerts_topic_arn" {
  description = "ARN of the topic that alarms are sent to."
  value       = module.alarms.topic_arn
}

output "dynamodb_endpoint_id" {
  description = "Id of the VPC endpoint of DynamoDB."
  value       = module.endpoint.id
}
