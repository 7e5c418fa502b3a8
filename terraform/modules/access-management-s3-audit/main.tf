module "bucket" {
  source = "../access-management-audit-bucket"

  environment                            = var.environment
  name                                   = local.bucket_name
  account_id                             = var.account_id
  tiers                                  = var.tiers
  retention_in_days                      = var.retention_in_days
  noncurrent_retention_in_days           = var.noncurrent_retention_in_days
  abort_incomplete_uploads_after_days    = var.abort_incomplete_uploads_after_days
  transition_default_minimum_object_size = var.transition_default_minimum_object_size
  tags                                   = var.tags
}
