output "tenant_table_name" {
  description = "Name of the tenant table."
  value       = module.jobwork_planner.tenant_table_name
}

output "tenant_table_arn" {
  description = "ARN of the tenant table."
  value       = module.jobwork_planner.tenant_table_arn
}

output "users_table_name" {
  description = "Name of the users table."
  value       = module.jobwork_planner.users_table_name
}

output "users_table_arn" {
  description = "ARN of the users table."
  value       = module.jobwork_planner.users_table_arn
}

output "table_names" {
  description = "Names of both tables, by entity."
  value       = module.jobwork_planner.table_names
}

output "table_arns" {
  description = "ARNs of both tables, by entity."
  value       = module.jobwork_planner.table_arns
}

output "destroy_allowed" {
  description = "Whether the tables may be deleted."
  value       = module.jobwork_planner.destroy_allowed
}

output "application_policy_name" {
  description = "Name of the application's access policy."
  value       = module.jobwork_planner.application_policy_name
}

output "application_policy_arn" {
  description = "ARN of the application's access policy, to attach to execution roles."
  value       = module.jobwork_planner.application_policy_arn
}
