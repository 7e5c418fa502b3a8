data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "LambdaAssumesRole"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "service" {
  for_each = local.services

  # Transactions authorise through the actions of their parts.
  statement {
    sid       = "Items"
    effect    = "Allow"
    actions   = each.value.actions
    resources = [var.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = each.value.partitions
    }

    dynamic "condition" {
      for_each = length(each.value.except) > 0 ? [each.value.except] : []

      content {
        test     = "ForAllValues:StringNotLike"
        variable = "dynamodb:LeadingKeys"
        values   = condition.value
      }
    }
  }

  # No condition on LeadingKeys here: it is documented for the partition key of the table.
  statement {
    sid       = "IndexQueries"
    effect    = "Allow"
    actions   = ["dynamodb:Query"]
    resources = [for index in each.value.indexes : var.gsi_arns[index]]
  }

  # The other services' lookups stay out of reach even if somebody attaches the shared policy of the table's module.
  statement {
    sid       = "OtherIndexes"
    effect    = "Deny"
    actions   = ["dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan"]
    resources = [for index, arn in var.gsi_arns : arn if !contains(each.value.indexes, index)]
  }

  # Every service records what it does in the transaction that does it.
  dynamic "statement" {
    for_each = each.key == "audit" ? [] : ["AuditEvents"]

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = local.actions.append
      resources = [var.table_arn]

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = [local.audit_partition]
      }
    }
  }

  # The log group exists already; the right to create one would bring back groups without retention.
  statement {
    sid       = "Logs"
    effect    = "Allow"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.log_group_arns[each.key]}:*"]
  }

  # The archive takes the audit events that TTL removes from the table.
  dynamic "statement" {
    for_each = each.key == "audit" ? ["TableStream"] : []

    content {
      sid    = statement.value
      effect = "Allow"

      actions = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ]

      resources = ["${var.table_arn}/stream/*"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "audit" ? ["ArchiveObjects"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["s3:PutObject"]
      resources = ["${var.audit_bucket_arn}/*"]
    }
  }

  # PutObject needs a data key; Decrypt is for the parts of a multipart upload.
  dynamic "statement" {
    for_each = each.key == "audit" ? ["ArchiveKey"] : []

    content {
      sid       = statement.value
      effect    = "Allow"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.audit_kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${var.region}.amazonaws.com"]
      }
    }
  }
}
