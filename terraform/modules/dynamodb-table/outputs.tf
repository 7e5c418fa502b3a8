output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "id" {
  description = "Id of the table, which is its name."
  value       = aws_dynamodb_table.this.id
}

output "hash_key" {
  description = "Attribute that is the table's partition key."
  value       = aws_dynamodb_table.this.hash_key
}

output "range_key" {
  description = "Attribute that is the table's sort key, or null."
  value       = aws_dynamodb_table.this.range_key
}

output "attribute_types" {
  description = "Types of all key attributes of the table and its indexes, by attribute name."
  value       = local.attribute_types
}

output "billing_mode" {
  description = "Billing mode of the table."
  value       = aws_dynamodb_table.this.billing_mode
}

output "stream_arn" {
  description = "ARN of the table's stream, or null without a stream."
  value       = var.stream_enabled ? aws_dynamodb_table.this.stream_arn : null
}

output "stream_label" {
  description = "Label (creation time) of the table's stream, or null without a stream."
  value       = var.stream_enabled ? aws_dynamodb_table.this.stream_label : null
}

output "global_secondary_index_names" {
  description = "Names of the global secondary indexes."
  value       = keys(var.global_secondary_indexes)
}

output "local_secondary_index_names" {
  description = "Names of the local secondary indexes."
  value       = keys(var.local_secondary_indexes)
}

output "index_arns" {
  description = "ARNs of all secondary indexes, by index name."
  value       = { for name in local.index_names : name => "${aws_dynamodb_table.this.arn}/index/${name}" }
}

output "all_index_arns" {
  description = "ARN pattern that matches every index of the table, for IAM policies."
  value       = "${aws_dynamodb_table.this.arn}/index/*"
}

output "replica_arns" {
  description = "ARNs of the replicas, by Region name."
  value       = { for replica in aws_dynamodb_table.this.replica : replica.region_name => replica.arn }
}
