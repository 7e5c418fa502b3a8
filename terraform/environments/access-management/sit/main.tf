module "access_management" {
  source = "../../../modules/dynamodb-access-management"

  environment                   = var.environment
  project_name                  = var.project_name
  enable_pitr                   = var.pitr_enabled
  enable_server_side_encryption = true
  enable_deletion_protection    = var.deletion_protection_enabled
  enable_global_tables          = var.cross_region_replication
  replica_regions               = compact([var.failover_region])
  tags                          = var.tags
}

module "s3_audit" {
  source = "../../../modules/access-management-s3-audit"

  providers = {
    aws          = aws
    aws.failover = aws.failover
  }

  environment              = var.environment
  project_name             = var.project_name
  account_id               = var.account_id
  region                   = var.region
  cross_region_replication = var.cross_region_replication
  failover_region          = var.failover_region
  tiers                    = var.audit_tiers
  retention_in_days        = var.audit_retention_in_days
  tags                     = var.tags
}

module "cognito" {
  source = "../../../modules/access-management-cognito"

  environment                 = var.environment
  project_name                = var.project_name
  region                      = var.region
  deletion_protection_enabled = var.deletion_protection_enabled
  mfa_configuration           = var.mfa_configuration
  tags                        = var.tags
}

module "cloudwatch" {
  source = "../../../modules/access-management-cloudwatch"

  environment           = var.environment
  project_name          = var.project_name
  account_id            = var.account_id
  region                = var.region
  function_names        = local.function_names
  api_name              = local.api_name
  api_stage_name        = var.environment
  table_name            = module.access_management.table_name
  gsi_names             = module.access_management.gsi_names
  replica_regions       = var.cross_region_replication ? compact([var.failover_region]) : []
  audit_replication     = module.s3_audit.replication
  alert_email_addresses = var.alert_email_addresses
  log_retention_in_days = var.log_retention_in_days
  tags                  = var.tags
}

module "iam" {
  source = "../../../modules/access-management-iam"

  environment              = var.environment
  project_name             = var.project_name
  region                   = var.region
  table_arn                = module.access_management.table_arn
  gsi_arns                 = module.access_management.gsi_arns
  log_group_arns           = module.cloudwatch.function_log_group_arns
  audit_bucket_arn         = module.s3_audit.bucket_arn
  audit_kms_key_arn        = module.s3_audit.kms_key_arn
  permissions_boundary_arn = var.permissions_boundary_arn
  tags                     = var.tags
}

module "api_gateway" {
  source = "../../../modules/access-management-api-gateway"

  environment                 = var.environment
  project_name                = var.project_name
  api_name                    = local.api_name
  stage_name                  = var.environment
  functions                   = local.functions
  functions_deployed          = var.functions_deployed
  user_pool_arn               = module.cognito.user_pool_arn
  access_log_group_arn        = module.cloudwatch.api_access_log_group_arn
  log_retention_in_days       = var.log_retention_in_days
  throttling                  = var.api_throttling
  manage_account_logging_role = var.manage_account_logging_role
  tags                        = var.tags
}
