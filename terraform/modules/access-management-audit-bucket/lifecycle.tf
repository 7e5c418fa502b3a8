# Hot is STANDARD, from the first day; warm and cold are where objects go as they age.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket                                 = aws_s3_bucket.this.id
  transition_default_minimum_object_size = var.transition_default_minimum_object_size

  rule {
    id     = "tiers"
    status = "Enabled"

    filter {
      prefix = ""
    }

    transition {
      days          = var.tiers.warm_after_days
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = var.tiers.cold_after_days
      storage_class = "GLACIER"
    }

    noncurrent_version_transition {
      noncurrent_days = var.tiers.warm_after_days
      storage_class   = "STANDARD_IA"
    }

    noncurrent_version_transition {
      noncurrent_days = var.tiers.cold_after_days
      storage_class   = "GLACIER"
    }
  }

  # Terraform has no way to say "never" with a number, so each expiry is a rule of its own.
  dynamic "rule" {
    for_each = var.retention_in_days == null ? [] : [var.retention_in_days]

    content {
      id     = "retention"
      status = "Enabled"

      filter {
        prefix = ""
      }

      expiration {
        days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = var.noncurrent_retention_in_days == null ? [] : [var.noncurrent_retention_in_days]

    content {
      id     = "noncurrent-retention"
      status = "Enabled"

      filter {
        prefix = ""
      }

      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
    }
  }

  rule {
    id     = "incomplete-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.abort_incomplete_uploads_after_days
    }
  }

  # Rules on noncurrent versions need versioning.
  depends_on = [aws_s3_bucket_versioning.this]

  lifecycle {
    precondition {
      condition     = var.retention_in_days == null ? true : var.retention_in_days >= var.tiers.cold_after_days + 90
      error_message = "retention_in_days must be at least 90 days past cold_after_days: that is what an object in GLACIER is billed for."
    }

    precondition {
      condition     = var.noncurrent_retention_in_days == null ? true : var.noncurrent_retention_in_days >= var.tiers.cold_after_days + 90
      error_message = "noncurrent_retention_in_days must be at least 90 days past cold_after_days."
    }
  }
}
