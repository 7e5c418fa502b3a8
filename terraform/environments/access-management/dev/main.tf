module "access_management" {
  source = "../../../modules/dynamodb-access-management"

  environment                   = var.environment
  project_name                  = "bbws-access"
  enable_pitr                   = var.pitr_enabled
  enable_server_side_encryption = true
  enable_deletion_protection    = var.deletion_protection_enabled
  enable_global_tables          = var.cross_region_replication
  replica_regions               = compact([var.failover_region])
  tags                          = var.tags
}
