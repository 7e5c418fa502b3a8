locals {
  authorizer_service   = "authorizer"
  identity_source      = "method.request.header.Authorization"
  bearer_token_pattern = "^Bearer [-0-9A-Za-z_]+\\.[-0-9A-Za-z_]+\\.[-0-9A-Za-z_]+$"

  authorizers = {
    lambda = {
      type = "CUSTOM"
      id   = aws_api_gateway_authorizer.lambda.id
    }

    cognito = {
      type = "COGNITO_USER_POOLS"
      id   = aws_api_gateway_authorizer.cognito.id
    }
  }
}

# The authorizer service verifies the token against the user pool and decides by the caller's permissions.
resource "aws_api_gateway_authorizer" "lambda" {
  name                             = "${local.name_prefix}-lambda-authorizer"
  rest_api_id                      = aws_api_gateway_rest_api.this.id
  type                             = "TOKEN"
  authorizer_uri                   = var.functions[local.authorizer_service].invoke_arn
  identity_source                  = local.identity_source
  identity_validation_expression   = local.bearer_token_pattern
  authorizer_result_ttl_in_seconds = var.authorizer_result_ttl_in_seconds
}

resource "aws_api_gateway_authorizer" "cognito" {
  name                             = "${local.name_prefix}-cognito-authorizer"
  rest_api_id                      = aws_api_gateway_rest_api.this.id
  type                             = "COGNITO_USER_POOLS"
  provider_arns                    = [var.user_pool_arn]
  identity_source                  = local.identity_source
  authorizer_result_ttl_in_seconds = var.authorizer_result_ttl_in_seconds
}
