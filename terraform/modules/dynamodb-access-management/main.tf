resource "aws_dynamodb_table" "access_management" {
  name                        = local.table_name
  billing_mode                = "PAY_PER_REQUEST"
  table_class                 = "STANDARD"
  hash_key                    = "PK"
  range_key                   = "SK"
  stream_enabled              = var.stream_enabled
  stream_view_type            = var.stream_enabled ? var.stream_view_type : null
  deletion_protection_enabled = var.enable_deletion_protection

  tags = merge(
    local.common_tags,
    {
      Name = local.table_name
    },
  )

  attribute {
    name = "PK"
    type = "S"
  }

  attribute {
    name = "SK"
    type = "S"
  }

  attribute {
    name = "GSI1PK"
    type = "S"
  }

  attribute {
    name = "GSI1SK"
    type = "S"
  }

  attribute {
    name = "GSI2PK"
    type = "S"
  }

  attribute {
    name = "GSI2SK"
    type = "S"
  }

  attribute {
    name = "GSI3PK"
    type = "S"
  }

  attribute {
    name = "GSI3SK"
    type = "S"
  }

  attribute {
    name = "GSI4PK"
    type = "S"
  }

  attribute {
    name = "GSI4SK"
    type = "S"
  }

  attribute {
    name = "GSI5PK"
    type = "S"
  }

  attribute {
    name = "GSI5SK"
    type = "S"
  }

  # Lookups by status, expiry, category and name.
  global_secondary_index {
    name            = local.gsi_names.gsi1
    hash_key        = "GSI1PK"
    range_key       = "GSI1SK"
    projection_type = "ALL"
  }

  # Lookups by e-mail address, division, team role and active permission sets.
  global_secondary_index {
    name            = local.gsi_names.gsi2
    hash_key        = "GSI2PK"
    range_key       = "GSI2SK"
    projection_type = "ALL"
  }

  # The teams of a user.
  global_secondary_index {
    name            = local.gsi_names.gsi3
    hash_key        = "GSI3PK"
    range_key       = "GSI3SK"
    projection_type = "ALL"
  }

  # Audit events by user.
  global_secondary_index {
    name            = local.gsi_names.gsi4
    hash_key        = "GSI4PK"
    range_key       = "GSI4SK"
    projection_type = "ALL"
  }

  # Audit events by organisation and event type.
  global_secondary_index {
    name            = local.gsi_names.gsi5
    hash_key        = "GSI5PK"
    range_key       = "GSI5SK"
    projection_type = "ALL"
  }

  # Expires invitation tokens and the audit events of the hot tier.
  ttl {
    attribute_name = local.ttl_attribute_name
    enabled        = true
  }

  point_in_time_recovery {
    enabled                 = var.enable_pitr
    recovery_period_in_days = var.enable_pitr ? 35 : null
  }

  server_side_encryption {
    enabled = var.enable_server_side_encryption
  }

  # PITR and tags are settings of each replica; neither follows the table by itself.
  dynamic "replica" {
    for_each = local.replica_regions

    content {
      region_name            = replica.value
      point_in_time_recovery = var.enable_pitr
      propagate_tags         = true
    }
  }

  lifecycle {
    precondition {
      condition     = !var.enable_global_tables || length(var.replica_regions) > 0
      error_message = "enable_global_tables needs at least one entry in replica_regions."
    }

    precondition {
      condition     = !var.enable_global_tables || (var.stream_enabled && var.stream_view_type == "NEW_AND_OLD_IMAGES")
      error_message = "A global table needs a stream of NEW_AND_OLD_IMAGES."
    }
  }
}
