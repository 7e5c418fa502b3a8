output "table_names" {
  description = "Names of all tables, by their name without the environment."
  value       = module.mind_links.table_names
}

output "table_arns" {
  description = "ARNs of all tables, by their name without the environment."
  value       = module.mind_links.table_arns
}

output "index_arns" {
  description = "ARNs of all indexes, by the table's name without the environment and by index name."
  value       = module.mind_links.index_arns
}

output "stream_arns" {
  description = "ARNs of the streams, by the table's name without the environment."
  value       = module.mind_links.stream_arns
}

output "table_parameter_names" {
  description = "Names of the parameters that hold the tables' names, by the table's name without the environment."
  value       = module.mind_links.table_parameter_names
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts the tables."
  value       = module.mind_links.kms_key_arn
}

output "bucket_names" {
  description = "Names of the buckets, by what they hold."
  value       = module.mind_links.bucket_names
}

output "service_role_arns" {
  description = "ARNs of the services' roles, by service."
  value       = module.mind_links.service_role_arns
}

output "ecs_service_names" {
  description = "Names of the ECS services, by service."
  value       = module.mind_links.ecs_service_names
}

output "task_definition_arns" {
  description = "ARNs of the task definitions, with their revisions, by service."
  value       = module.mind_links.task_definition_arns
}

output "jwt_secret_arn" {
  description = "ARN of the secret whose value has to be set before a service starts."
  value       = module.mind_links.jwt_secret_arn
}

output "alerts_topic_arn" {
  description = "ARN of the topic that alarms are sent to."
  value       = module.mind_links.alerts_topic_arn
}

output "dynamodb_endpoint_id" {
  description = "Id of the VPC endpoint of DynamoDB."
  value       = module.mind_links.dynamodb_endpoint_id
}
