resource "aws_api_gateway_rest_api" "this" {
  name        = var.api_name
  description = "Access management: permissions, invitations, teams, roles and audit events."

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = merge(
    local.common_tags,
    {
      Name = var.api_name
    },
  )

  lifecycle {
    precondition {
      condition     = max([for path in local.paths : length(split("/", path)) - 1]...) <= length(local.levels)
      error_message = "A path of routes.tf is deeper than the levels of resources.tf."
    }

    # API Gateway wants one name for the path parameter at one place.
    precondition {
      condition     = length(distinct([for path in local.paths : replace(path, "/\\{[^}]+\\}/", "{}")])) == length(local.paths)
      error_message = "Two paths of routes.tf name a parameter at the same place differently."
    }
  }
}

# A deployment is a snapshot: what it holds only changes with a new one. The trigger covers everything in it
# that this module decides. Ids are left out, or every first plan of a change would be unknown.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    configuration = sha1(jsonencode({
      methods         = local.methods
      uris            = { for service, function in var.functions : service => function.invoke_arn }
      timeout         = var.integration_timeout_in_milliseconds
      authorizer_ttl  = var.authorizer_result_ttl_in_seconds
      authorizer      = local.authorizer_service
      token_pattern   = local.bearer_token_pattern
      identity_source = local.identity_source
    }))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [
    aws_api_gateway_authorizer.cognito,
    aws_api_gateway_authorizer.lambda,
    aws_api_gateway_integration.route,
    aws_api_gateway_method.route,
  ]
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  description          = "Access management in ${var.environment}."
  xray_tracing_enabled = var.xray_tracing_enabled

  access_log_settings {
    destination_arn = var.access_log_group_arn
    format          = jsonencode(local.access_log_format)
  }

  tags = merge(
    local.common_tags,
    {
      Name = "${var.api_name}-${var.stage_name}"
    },
  )

  # API Gateway accepts log settings only once the account has a role for them. The execution log group must be
  # there before the first request, or API Gateway makes one that keeps its logs for ever.
  depends_on = [
    aws_api_gateway_account.this,
    aws_cloudwatch_log_group.execution,
  ]
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = var.execution_logging_level
    data_trace_enabled     = false # bodies carry invitation tokens
    throttling_burst_limit = var.throttling.burst_limit
    throttling_rate_limit  = var.throttling.rate_limit
    caching_enabled        = false
  }
}
