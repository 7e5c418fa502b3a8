module "table" {
  source   = "../dynamodb-table"
  for_each = var.tables

  name                     = "${var.environment}-${each.key}"
  hash_key                 = each.value.hash_key
  range_key                = each.value.range_key
  key_types                = each.value.key_types
  global_secondary_indexes = each.value.global_secondary_indexes

  ttl_enabled        = each.value.ttl_attribute_name != null
  ttl_attribute_name = each.value.ttl_attribute_name
  stream_enabled     = each.value.stream && var.streams_enabled

  billing_mode                   = "PAY_PER_REQUEST"
  point_in_time_recovery_enabled = true
  recovery_period_in_days        = var.recovery_period_in_days
  deletion_protection_enabled    = var.deletion_protection_enabled
  encryption                     = "CUSTOMER_MANAGED"
  kms_key_arn                    = aws_kms_key.dynamodb.arn

  tags = merge(
    var.tags,
    {
      Service = each.value.service
    },
  )
}

# The services read the names of their tables from here.
resource "aws_ssm_parameter" "table_name" {
  for_each = var.tables

  name        = "/${var.name_prefix}/${var.environment}/dynamodb/${each.key}"
  description = "Name of the DynamoDB table ${each.key}."
  type        = "String"
  value       = module.table[each.key].name

  tags = merge(
    var.tags,
    {
      Service = each.value.service
    },
  )
}
