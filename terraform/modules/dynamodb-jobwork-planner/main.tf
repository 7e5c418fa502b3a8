locals {
  table_names = {
    for entity in keys(local.tables) : entity => "${var.name_prefix}-${entity}-${var.environment}"
  }

  application_policy_name = "${var.name_prefix}-application-dynamodb-policy-${var.environment}"

  # What the organisation relies on wins over what a caller passes.
  tags = merge(
    var.tags,
    {
      Component = "JobWorkPlanner"
      Module    = "dynamodb-jobwork-planner"
    },
  )
}

module "table" {
  source   = "../dynamodb-table"
  for_each = local.tables

  name      = local.table_names[each.key]
  hash_key  = each.value.hash_key
  range_key = each.value.range_key
  key_types = each.value.key_types

  point_in_time_recovery_enabled = var.point_in_time_recovery_enabled
  deletion_protection_enabled    = !var.destroy_allowed
  encryption                     = var.encryption
  kms_key_arn                    = var.kms_key_arn

  tags = local.tags
}
