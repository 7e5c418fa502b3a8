# The copy in the failover Region has a key and a lifecycle of its own: S3 replicates neither.
module "replica" {
  source = "../access-management-audit-bucket"
  count  = var.cross_region_replication ? 1 : 0

  providers = {
    aws = aws.failover
  }

  environment                            = var.environment
  name                                   = local.replica_bucket_name
  account_id                             = var.account_id
  tiers                                  = var.tiers
  retention_in_days                      = var.retention_in_days
  noncurrent_retention_in_days           = var.noncurrent_retention_in_days
  abort_incomplete_uploads_after_days    = var.abort_incomplete_uploads_after_days
  transition_default_minimum_object_size = var.transition_default_minimum_object_size
  tags                                   = var.tags
}

data "aws_iam_policy_document" "replication_trust" {
  count = var.cross_region_replication ? 1 : 0

  statement {
    sid     = "S3AssumesRole"
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [module.bucket.arn]
    }
  }
}

data "aws_iam_policy_document" "replication" {
  count = var.cross_region_replication ? 1 : 0

  statement {
    sid       = "ReadConfiguration"
    effect    = "Allow"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [module.bucket.arn]
  }

  statement {
    sid       = "ReadVersions"
    effect    = "Allow"
    actions   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
    resources = ["${module.bucket.arn}/*"]
  }

  # No ReplicateDelete: what is deleted here stays there.
  statement {
    sid       = "WriteReplicas"
    effect    = "Allow"
    actions   = ["s3:ReplicateObject", "s3:ReplicateTags"]
    resources = ["${module.replica[0].arn}/*"]
  }

  # The encryption context is the bucket while its bucket key is on, and the object while it is not.
  statement {
    sid       = "DecryptHere"
    effect    = "Allow"
    actions   = ["kms:Decrypt"]
    resources = [module.bucket.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [module.bucket.arn, "${module.bucket.arn}/*"]
    }
  }

  statement {
    sid       = "EncryptThere"
    effect    = "Allow"
    actions   = ["kms:Encrypt", "kms:GenerateDataKey"]
    resources = [module.replica[0].kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.failover_region}.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [module.replica[0].arn, "${module.replica[0].arn}/*"]
    }
  }
}

resource "aws_iam_role" "replication" {
  count = var.cross_region_replication ? 1 : 0

  name               = local.replication_role_name
  description        = "S3 copies audit objects to the failover Region."
  assume_role_policy = data.aws_iam_policy_document.replication_trust[0].json

  tags = merge(
    local.common_tags,
    {
      Name = local.replication_role_name
    },
  )
}

resource "aws_iam_role_policy" "replication" {
  count = var.cross_region_replication ? 1 : 0

  name   = "replication"
  role   = aws_iam_role.replication[0].id
  policy = data.aws_iam_policy_document.replication[0].json
}

resource "aws_s3_bucket_replication_configuration" "this" {
  count = var.cross_region_replication ? 1 : 0

  # The names come with the buckets' versioning, which S3 wants on both sides.
  bucket = module.bucket.name
  role   = aws_iam_role.replication[0].arn

  rule {
    id       = local.replication_rule_id
    priority = 0
    status   = "Enabled"

    filter {}

    delete_marker_replication {
      status = "Disabled"
    }

    # Without this, S3 passes over every object: all are encrypted with a KMS key.
    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = module.replica[0].arn
      storage_class = "STANDARD"

      encryption_configuration {
        replica_kms_key_id = module.replica[0].kms_key_arn
      }

      # Replication time control: without it there are no metrics for an alarm.
      replication_time {
        status = "Enabled"

        time {
          minutes = 15
        }
      }

      metrics {
        status = "Enabled"

        event_threshold {
          minutes = 15
        }
      }
    }
  }

  depends_on = [module.replica, aws_iam_role_policy.replication]

  lifecycle {
    precondition {
      condition     = var.failover_region != null && var.failover_region != var.region
      error_message = "cross_region_replication needs a failover_region other than region."
    }
  }
}
