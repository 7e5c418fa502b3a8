output "table_name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.access_management.name
}

output "table_arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.access_management.arn
}

output "table_id" {
  description = "Id of the table, which is its name."
  value       = aws_dynamodb_table.access_management.id
}

output "stream_arn" {
  description = "ARN of the table's stream, or null without a stream."
  value       = var.stream_enabled ? aws_dynamodb_table.access_management.stream_arn : null
}

output "stream_label" {
  description = "Label (creation time) of the table's stream, or null without a stream."
  value       = var.stream_enabled ? aws_dynamodb_table.access_management.stream_label : null
}

output "gsi_names" {
  description = "Names of the five indexes, by gsi1 to gsi5."
  value       = local.gsi_names
}

output "gsi1_name" {
  description = "Name of GSI1: lookups by status, expiry, category and name."
  value       = local.gsi_names.gsi1
}

output "gsi2_name" {
  description = "Name of GSI2: lookups by e-mail address, division, team role and active permission sets."
  value       = local.gsi_names.gsi2
}

output "gsi3_name" {
  description = "Name of GSI3: the teams of a user."
  value       = local.gsi_names.gsi3
}

output "gsi4_name" {
  description = "Name of GSI4: audit events by user."
  value       = local.gsi_names.gsi4
}

output "gsi5_name" {
  description = "Name of GSI5: audit events by organisation and event type."
  value       = local.gsi_names.gsi5
}

output "gsi_arns" {
  description = "ARNs of the five indexes, by gsi1 to gsi5."
  value       = { for key, name in local.gsi_names : key => "${aws_dynamodb_table.access_management.arn}/index/${name}" }
}

output "all_index_arns" {
  description = "ARN pattern that matches every index of the table, for IAM policies."
  value       = "${aws_dynamodb_table.access_management.arn}/index/*"
}

output "replica_arns" {
  description = "ARNs of the replicas, by Region name."
  value       = { for replica in aws_dynamodb_table.access_management.replica : replica.region_name => replica.arn }
}

output "ttl_attribute_name" {
  description = "Attribute that holds an item's expiry time in epoch seconds."
  value       = local.ttl_attribute_name
}

output "billing_mode" {
  description = "Billing mode of the table."
  value       = aws_dynamodb_table.access_management.billing_mode
}

output "pitr_enabled" {
  description = "Whether the table has point-in-time recovery."
  value       = var.enable_pitr
}

output "deletion_protection_enabled" {
  description = "Whether DynamoDB refuses to delete the table."
  value       = var.enable_deletion_protection
}

output "primary_key" {
  description = "Attributes of the table's primary key."
  value = {
    partition_key = aws_dynamodb_table.access_management.hash_key
    sort_key      = aws_dynamodb_table.access_management.range_key
  }
}

output "entity_key_patterns" {
  description = "What each entity writes into the key attributes of the table and its indexes."
  value       = local.entity_key_patterns
}

output "lambda_policy_name" {
  description = "Name of the Lambda access policy."
  value       = aws_iam_policy.lambda_access.name
}

output "lambda_policy_arn" {
  description = "ARN of the Lambda access policy, to attach to execution roles."
  value       = aws_iam_policy.lambda_access.arn
}

output "lambda_policy_json" {
  description = "The Lambda access policy as a JSON document, for use as an inline policy."
  value       = data.aws_iam_policy_document.lambda_access.json
}
