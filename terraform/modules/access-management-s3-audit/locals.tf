locals {
  name_prefix         = "${var.project_name}-${var.environment}"
  bucket_name         = "${local.name_prefix}-s3-audit-${var.account_id}"
  replica_bucket_name = "${local.name_prefix}-s3-audit-replica-${var.account_id}"
  replication_rule_id = "audit-events"

  replication_role_name = "${local.name_prefix}-iam-audit-replication"

  # Later maps win: the tags that the organisation relies on cannot be overridden by a caller.
  common_tags = merge(
    var.tags,
    {
      Project     = "BBWS"
      Component   = "AccessManagement"
      CostCenter  = "BBWS-ACCESS"
      Environment = var.environment
      ManagedBy   = "Terraform"
      Module      = "access-management-s3-audit"
    },
  )
}
