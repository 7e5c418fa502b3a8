locals {
  table_names = {
    for entity in keys(local.tables) : entity => "${var.name_prefix}-${entity}-${var.environment}"
  }

  lambda_policy_name = "${var.name_prefix}-site-builder-lambda-dynamodb-policy-${var.environment}"

  tags = merge(
    var.tags,
    {
      Component = "SiteBuilder"
      Module    = "dynamodb-site-builder"
    },
  )
}

module "table" {
  source   = "../dynamodb-table"
  for_each = local.tables

  name                     = local.table_names[each.key]
  hash_key                 = each.value.hash_key
  range_key                = each.value.range_key
  key_types                = each.value.key_types
  global_secondary_indexes = each.value.global_secondary_indexes

  table_class                    = "STANDARD"
  point_in_time_recovery_enabled = var.point_in_time_recovery_enabled
  deletion_protection_enabled    = var.deletion_protection_enabled
  encryption                     = var.encryption
  kms_key_arn                    = var.kms_key_arn

  tags = local.tags
}
