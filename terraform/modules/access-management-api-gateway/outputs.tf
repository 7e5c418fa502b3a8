output "rest_api_id" {
  description = "Id of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "rest_api_name" {
  description = "Name of the REST API: the dimension ApiName of its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "execution_arn" {
  description = "ARN to which method ARNs are appended, for Lambda permissions and IAM policies."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage: the dimension Stage of its metrics."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage, for a web ACL."
  value       = aws_api_gateway_stage.this.arn
}

output "invoke_url" {
  description = "URL of the stage."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "authorizer_ids" {
  description = "Ids of the authorizers, by lambda and cognito."
  value       = { for name, authorizer in local.authorizers : name => authorizer.id }
}

output "routes" {
  description = "Methods of the API, such as \"GET /roles/{roleId}\", and the service that answers each."
  value       = { for name, method in local.methods : name => method.service }
}
