locals {
  name_prefix = "${var.project_name}-${var.environment}"

  role_names = {
    for service in keys(local.services) : service => "${local.name_prefix}-iam-${service}"
  }

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "access-management-iam"
    },
  )
}
