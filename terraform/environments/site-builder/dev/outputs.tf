output "tenants_table_name" {
  description = "Name of the tenants table."
  value       = module.site_builder.tenants_table_name
}

output "tenants_table_arn" {
  description = "ARN of the tenants table."
  value       = module.site_builder.tenants_table_arn
}

output "users_table_name" {
  description = "Name of the users table."
  value       = module.site_builder.users_table_name
}

output "users_table_arn" {
  description = "ARN of the users table."
  value       = module.site_builder.users_table_arn
}

output "sites_table_name" {
  description = "Name of the sites table."
  value       = module.site_builder.sites_table_name
}

output "sites_table_arn" {
  description = "ARN of the sites table."
  value       = module.site_builder.sites_table_arn
}

output "generations_table_name" {
  description = "Name of the generations table."
  value       = module.site_builder.generations_table_name
}

output "generations_table_arn" {
  description = "ARN of the generations table."
  value       = module.site_builder.generations_table_arn
}

output "templates_table_name" {
  description = "Name of the templates table."
  value       = module.site_builder.templates_table_name
}

output "templates_table_arn" {
  description = "ARN of the templates table."
  value       = module.site_builder.templates_table_arn
}

output "partners_table_name" {
  description = "Name of the partners table."
  value       = module.site_builder.partners_table_name
}

output "partners_table_arn" {
  description = "ARN of the partners table."
  value       = module.site_builder.partners_table_arn
}

output "table_names" {
  description = "Names of all tables, by entity."
  value       = module.site_builder.table_names
}

output "table_arns" {
  description = "ARNs of all tables, by entity."
  value       = module.site_builder.table_arns
}

output "index_arns" {
  description = "ARNs of all indexes, by entity and index name."
  value       = module.site_builder.index_arns
}

output "all_index_arns" {
  description = "ARN patterns that match every index of a table, by entity, for IAM policies."
  value       = module.site_builder.all_index_arns
}

output "lambda_policy_name" {
  description = "Name of the Lambda access policy."
  value       = module.site_builder.lambda_policy_name
}

output "lambda_policy_arn" {
  description = "ARN of the Lambda access policy, to attach to execution roles."
  value       = module.site_builder.lambda_policy_arn
}

output "primary_key" {
  description = "Attributes of the primary key, which is the same in all tables."
  value       = module.site_builder.primary_key
}

output "entity_key_patterns" {
  description = "What each entity writes into the key attributes of its table and indexes."
  value       = module.site_builder.entity_key_patterns
}

output "entity_attribute_types" {
  description = "The attributes of each entity beside the keys, with their DynamoDB types."
  value       = module.site_builder.entity_attribute_types
}
