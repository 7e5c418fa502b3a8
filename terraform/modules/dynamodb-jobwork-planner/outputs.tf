output "tenant_table_name" {
  description = "Name of the tenant table."
  value       = module.table["tenant"].name
}

output "tenant_table_arn" {
  description = "ARN of the tenant table."
  value       = module.table["tenant"].arn
}

output "users_table_name" {
  description = "Name of the users table."
  value       = module.table["users"].name
}

output "users_table_arn" {
  description = "ARN of the users table."
  value       = module.table["users"].arn
}

output "table_names" {
  description = "Names of both tables, by entity."
  value       = { for entity, table in module.table : entity => table.name }
}

output "table_arns" {
  description = "ARNs of both tables, by entity."
  value       = { for entity, table in module.table : entity => table.arn }
}

output "destroy_allowed" {
  description = "Whether the tables may be deleted."
  value       = var.destroy_allowed

  precondition {
    condition     = !var.destroy_allowed || var.environment == "dev"
    error_message = "destroy_allowed is for the environment dev only; this is ${var.environment}."
  }
}

output "application_policy_name" {
  description = "Name of the application's access policy."
  value       = aws_iam_policy.application_access.name
}

output "application_policy_arn" {
  description = "ARN of the application's access policy, to attach to execution roles."
  value       = aws_iam_policy.application_access.arn
}

output "application_policy_json" {
  description = "The application's access policy as a JSON document, for use as an inline policy."
  value       = data.aws_iam_policy_document.application_access.json
}
