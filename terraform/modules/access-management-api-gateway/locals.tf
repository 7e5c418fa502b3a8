locals {
  name_prefix         = "${var.project_name}-${var.environment}"
  logging_role_name   = "${local.name_prefix}-iam-api-gateway-logs"
  execution_log_group = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage_name}"

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "access-management-api-gateway"
    },
  )
}
