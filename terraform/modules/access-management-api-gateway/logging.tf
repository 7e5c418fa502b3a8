data "aws_partition" "current" {}

locals {
  # One line of JSON per request. Who called is the token's subject; the token itself is never logged.
  access_log_format = {
    requestId               = "$context.requestId"
    extendedRequestId       = "$context.extendedRequestId"
    requestTime             = "$context.requestTime"
    sourceIp                = "$context.identity.sourceIp"
    principal               = "$context.authorizer.principalId"
    subject                 = "$context.authorizer.claims.sub"
    httpMethod              = "$context.httpMethod"
    resourcePath            = "$context.resourcePath"
    status                  = "$context.status"
    responseLength          = "$context.responseLength"
    responseLatency         = "$context.responseLatency"
    integrationLatency      = "$context.integration.latency"
    integrationStatus       = "$context.integration.status"
    integrationErrorMessage = "$context.integration.error"
    authorizerStatus        = "$context.authorizer.status"
    authorizerLatency       = "$context.authorizer.latency"
    errorType               = "$context.error.responseType"
  }
}

resource "aws_cloudwatch_log_group" "execution" {
  name              = local.execution_log_group
  retention_in_days = var.log_retention_in_days

  tags = merge(
    local.common_tags,
    {
      Name = "${var.api_name}-execution"
    },
  )
}

# The role is a setting of the account in a Region, shared by all of its APIs: one configuration must own it.
data "aws_iam_policy_document" "logging_trust" {
  count = var.manage_account_logging_role ? 1 : 0

  statement {
    sid     = "ApiGatewayAssumesRole"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "logging" {
  count = var.manage_account_logging_role ? 1 : 0

  name               = local.logging_role_name
  description        = "API Gateway writes the logs of this account's APIs."
  assume_role_policy = data.aws_iam_policy_document.logging_trust[0].json

  tags = merge(
    local.common_tags,
    {
      Name = local.logging_role_name
    },
  )
}

resource "aws_iam_role_policy_attachment" "logging" {
  count = var.manage_account_logging_role ? 1 : 0

  role       = aws_iam_role.logging[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.manage_account_logging_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logging[0].arn

  # API Gateway tries the role at once.
  depends_on = [aws_iam_role_policy_attachment.logging]
}
