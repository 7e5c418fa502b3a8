output "table_name" {
  description = "Name of the table."
  value       = module.access_management.table_name
}

output "table_arn" {
  description = "ARN of the table."
  value       = module.access_management.table_arn
}

output "table_id" {
  description = "Id of the table, which is its name."
  value       = module.access_management.table_id
}

output "stream_arn" {
  description = "ARN of the table's stream, or null without a stream."
  value       = module.access_management.stream_arn
}

output "stream_label" {
  description = "Label (creation time) of the table's stream, or null without a stream."
  value       = module.access_management.stream_label
}

output "gsi_names" {
  description = "Names of the five indexes, by gsi1 to gsi5."
  value       = module.access_management.gsi_names
}

output "gsi1_name" {
  description = "Name of GSI1: lookups by status, expiry, category and name."
  value       = module.access_management.gsi1_name
}

output "gsi2_name" {
  description = "Name of GSI2: lookups by e-mail address, division, team role and active permission sets."
  value       = module.access_management.gsi2_name
}

output "gsi3_name" {
  description = "Name of GSI3: the teams of a user."
  value       = module.access_management.gsi3_name
}

output "gsi4_name" {
  description = "Name of GSI4: audit events by user."
  value       = module.access_management.gsi4_name
}

output "gsi5_name" {
  description = "Name of GSI5: audit events by organisation and event type."
  value       = module.access_management.gsi5_name
}

output "gsi_arns" {
  description = "ARNs of the five indexes, by gsi1 to gsi5."
  value       = module.access_management.gsi_arns
}

output "all_index_arns" {
  description = "ARN pattern that matches every index of the table, for IAM policies."
  value       = module.access_management.all_index_arns
}

output "replica_arns" {
  description = "ARNs of the replicas, by Region name."
  value       = module.access_management.replica_arns
}

output "ttl_attribute_name" {
  description = "Attribute that holds an item's expiry time in epoch seconds."
  value       = module.access_management.ttl_attribute_name
}

output "billing_mode" {
  description = "Billing mode of the table."
  value       = module.access_management.billing_mode
}

output "pitr_enabled" {
  description = "Whether the table has point-in-time recovery."
  value       = module.access_management.pitr_enabled
}

output "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table."
  value       = module.access_management.deletion_protection_enabled
}

output "primary_key" {
  description = "Attributes of the table's primary key."
  value       = module.access_management.primary_key
}

output "entity_key_patterns" {
  description = "What each entity writes into the key attributes of the table and its indexes."
  value       = module.access_management.entity_key_patterns
}

output "lambda_policy_name" {
  description = "Name of the Lambda access policy."
  value       = module.access_management.lambda_policy_name
}

output "lambda_policy_arn" {
  description = "ARN of the Lambda access policy, to attach to execution roles."
  value       = module.access_management.lambda_policy_arn
}

output "role_arns" {
  description = "ARNs of the services' execution roles, by service."
  value       = module.iam.role_arns
}

output "function_names" {
  description = "Names under which the services deploy their functions, by service."
  value       = local.function_names
}

output "rest_api_id" {
  description = "Id of the REST API."
  value       = module.api_gateway.rest_api_id
}

output "invoke_url" {
  description = "URL of the API's stage."
  value       = module.api_gateway.invoke_url
}

output "routes" {
  description = "Methods of the API and the service that answers each."
  value       = module.api_gateway.routes
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = module.cognito.user_pool_id
}

output "authorizer_configuration" {
  description = "What the authorizer service needs to verify a token: the issuer, where its keys are, and the client."
  value       = module.cognito.authorizer_configuration
}

output "audit_bucket_name" {
  description = "Name of the audit bucket."
  value       = module.s3_audit.bucket_name
}

output "audit_replica_bucket_name" {
  description = "Name of the copy of the audit bucket, or null."
  value       = module.s3_audit.replica_bucket_name
}

output "topic_arns" {
  description = "ARNs of the alert topics, by severity."
  value       = module.cloudwatch.topic_arns
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.cloudwatch.dashboard_name
}
