output "role_arns" {
  description = "ARNs of the six execution roles, by service."
  value       = { for service, role in aws_iam_role.service : service => role.arn }
}

output "role_names" {
  description = "Names of the six execution roles, by service."
  value       = { for service, role in aws_iam_role.service : service => role.name }
}

output "policy_documents" {
  description = "What each role may do, as JSON documents, by service; for reviews."
  value       = { for service, document in data.aws_iam_policy_document.service : service => document.json }
}
