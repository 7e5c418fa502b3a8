output "tenants_table_name" {
  description = "Name of the tenants table."
  value       = module.table["tenants"].name
}

output "tenants_table_arn" {
  description = "ARN of the tenants table."
  value       = module.table["tenants"].arn
}

output "users_table_name" {
  description = "Name of the users table."
  value       = module.table["users"].name
}

output "users_table_arn" {
  description = "ARN of the users table."
  value       = module.table["users"].arn
}

output "sites_table_name" {
  description = "Name of the sites table."
  value       = module.table["sites"].name
}

output "sites_table_arn" {
  description = "ARN of the sites table."
  value       = module.table["sites"].arn
}

output "generations_table_name" {
  description = "Name of the generations table."
  value       = module.table["generations"].name
}

output "generations_table_arn" {
  description = "ARN of the generations table."
  value       = module.table["generations"].arn
}

output "templates_table_name" {
  description = "Name of the templates table."
  value       = module.table["templates"].name
}

output "templates_table_arn" {
  description = "ARN of the templates table."
  value       = module.table["templates"].arn
}

output "partners_table_name" {
  description = "Name of the partners table."
  value       = module.table["partners"].name
}

output "partners_table_arn" {
  description = "ARN of the partners table."
  value       = module.table["partners"].arn
}

output "table_names" {
  description = "Names of all tables, by entity."
  value       = { for entity, table in module.table : entity => table.name }
}

output "table_arns" {
  description = "ARNs of all tables, by entity."
  value       = { for entity, table in module.table : entity => table.arn }
}

output "index_arns" {
  description = "ARNs of all indexes, by entity and index name."
  value       = { for entity, table in module.table : entity => table.index_arns }
}

output "all_index_arns" {
  description = "ARN patterns that match every index of a table, by entity, for IAM policies."
  value       = { for entity, table in module.table : entity => table.all_index_arns }
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

output "primary_key" {
  description = "Attributes of the primary key, which is the same in all tables."
  value = {
    partition_key = module.table["tenants"].hash_key
    sort_key      = module.table["tenants"].range_key
  }
}

output "entity_key_patterns" {
  description = "What each entity writes into the key attributes of its table and indexes."
  value       = local.entity_key_patterns
}

output "entity_attribute_types" {
  description = "The attributes of each entity beside the keys, with their DynamoDB types."
  value       = local.entity_attribute_types
}
