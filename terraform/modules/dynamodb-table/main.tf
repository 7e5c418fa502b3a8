resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = var.billing_mode
  read_capacity               = var.read_capacity
  write_capacity              = var.write_capacity
  table_class                 = var.table_class
  hash_key                    = var.hash_key
  range_key                   = var.range_key
  stream_enabled              = var.stream_enabled
  stream_view_type            = var.stream_enabled ? var.stream_view_type : null
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = local.tags

  dynamic "attribute" {
    for_each = local.attribute_types

    content {
      name = attribute.key
      type = attribute.value
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.global_secondary_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
      read_capacity      = global_secondary_index.value.read_capacity
      write_capacity     = global_secondary_index.value.write_capacity
    }
  }

  dynamic "local_secondary_index" {
    for_each = var.local_secondary_indexes

    content {
      name               = local_secondary_index.key
      range_key          = local_secondary_index.value.range_key
      projection_type    = local_secondary_index.value.projection_type
      non_key_attributes = local_secondary_index.value.non_key_attributes
    }
  }

  # The next three blocks are always written, switched off where they are not wanted:
  # Terraform keeps the present setting of an existing table when the block is left out.

  ttl {
    enabled        = var.ttl_enabled
    attribute_name = var.ttl_enabled ? var.ttl_attribute_name : null
  }

  point_in_time_recovery {
    enabled                 = var.point_in_time_recovery_enabled
    recovery_period_in_days = var.point_in_time_recovery_enabled ? var.recovery_period_in_days : null
  }

  server_side_encryption {
    enabled     = var.encryption != "AWS_OWNED"
    kms_key_arn = var.encryption == "CUSTOMER_MANAGED" ? var.kms_key_arn : null
  }

  dynamic "replica" {
    for_each = var.replicas

    content {
      region_name            = replica.key
      kms_key_arn            = var.encryption == "CUSTOMER_MANAGED" ? replica.value.kms_key_arn : null
      point_in_time_recovery = replica.value.point_in_time_recovery
      propagate_tags         = replica.value.propagate_tags
    }
  }

  lifecycle {
    precondition {
      condition     = var.hash_key != var.range_key
      error_message = "The partition key and the sort key of table ${var.name} must be two attributes."
    }

    precondition {
      condition     = length(setsubtract(keys(var.key_types), local.key_attributes)) == 0
      error_message = "key_types of table ${var.name} names attributes that no key uses."
    }

    precondition {
      condition     = length(distinct(local.index_names)) == length(local.index_names)
      error_message = "A global and a local secondary index of table ${var.name} share a name."
    }

    precondition {
      condition     = length(var.local_secondary_indexes) == 0 || var.range_key != null
      error_message = "Table ${var.name} needs a sort key to have local secondary indexes."
    }

    precondition {
      condition     = !var.ttl_enabled || var.ttl_attribute_name != null
      error_message = "TTL of table ${var.name} is enabled without ttl_attribute_name."
    }

    precondition {
      condition     = var.encryption != "CUSTOMER_MANAGED" || var.kms_key_arn != null
      error_message = "CUSTOMER_MANAGED encryption of table ${var.name} needs kms_key_arn."
    }

    precondition {
      condition     = var.encryption != "CUSTOMER_MANAGED" || alltrue([for replica in values(var.replicas) : replica.kms_key_arn != null])
      error_message = "CUSTOMER_MANAGED encryption of table ${var.name} needs kms_key_arn in every replica."
    }

    precondition {
      condition     = length(var.replicas) == 0 || (var.stream_enabled && var.stream_view_type == "NEW_AND_OLD_IMAGES")
      error_message = "Replicas of table ${var.name} need a stream of NEW_AND_OLD_IMAGES."
    }
  }
}
