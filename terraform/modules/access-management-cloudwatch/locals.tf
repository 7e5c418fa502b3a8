locals {
  name_prefix           = "${var.project_name}-${var.environment}"
  dashboard_name        = "${local.name_prefix}-dashboard"
  access_log_group_name = "/aws/apigateway/${var.api_name}/access"

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "access-management-cloudwatch"
    },
  )

  critical = [aws_sns_topic.alerts["critical"].arn]
  warning  = [aws_sns_topic.alerts["warning"].arn]
}
