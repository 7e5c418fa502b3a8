output "bucket_name" {
  description = "Name of the audit bucket."
  value       = module.bucket.name
}

output "bucket_arn" {
  description = "ARN of the audit bucket."
  value       = module.bucket.arn
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the audit bucket."
  value       = module.bucket.kms_key_arn
}

output "replica_bucket_name" {
  description = "Name of the copy in the failover Region, or null."
  value       = one(module.replica[*].name)
}

output "replica_bucket_arn" {
  description = "ARN of the copy in the failover Region, or null."
  value       = one(module.replica[*].arn)
}

output "replica_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the copy, or null."
  value       = one(module.replica[*].kms_key_arn)
}

output "replication" {
  description = "The dimensions of the replication metrics in CloudWatch, or null without replication."
  value = var.cross_region_replication ? {
    source_bucket      = local.bucket_name
    destination_bucket = local.replica_bucket_name
    rule_id            = local.replication_rule_id
  } : null
}
