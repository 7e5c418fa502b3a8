locals {
  table_name         = "${var.project_name}-${var.environment}-ddb-access-management"
  lambda_policy_name = "${var.project_name}-${var.environment}-lambda-dynamodb-policy"
  ttl_attribute_name = "ttl"

  gsi_names = {
    gsi1 = "${local.table_name}-gsi1"
    gsi2 = "${local.table_name}-gsi2"
    gsi3 = "${local.table_name}-gsi3"
    gsi4 = "${local.table_name}-gsi4"
    gsi5 = "${local.table_name}-gsi5"
  }

  replica_regions = var.enable_global_tables ? distinct(var.replica_regions) : []

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "dynamodb-access-management"
    },
  )
}
