output "user_pool_id" {
  description = "Id of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "ARN of the user pool."
  value       = aws_cognito_user_pool.this.arn
}

output "user_pool_name" {
  description = "Name of the user pool."
  value       = aws_cognito_user_pool.this.name
}

output "client_id" {
  description = "Id of the client, which is the audience of its identity tokens."
  value       = aws_cognito_user_pool_client.this.id
}

output "authorizer_configuration" {
  description = "What an authorizer needs to verify a token of the pool: the issuer, where its keys are, and the client."
  value = {
    user_pool_arn = aws_cognito_user_pool.this.arn
    client_id     = aws_cognito_user_pool_client.this.id
    issuer        = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.this.id}"
    jwks_uri      = "https://cognito-idp.${var.region}.amazonaws.com/${aws_cognito_user_pool.this.id}/.well-known/jwks.json"
  }
}
