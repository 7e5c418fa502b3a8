locals {
  name_prefix    = "${var.project_name}-${var.environment}"
  user_pool_name = "${local.name_prefix}-user-pool"
  client_name    = "${local.name_prefix}-client"

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "access-management-cognito"
    },
  )
}
