module "mind_links" {
  source = "../../../modules/mind-links"

  environment = var.environment
  account_id  = var.account_id
  region      = var.region

  streams_enabled             = var.streams_enabled
  deletion_protection_enabled = var.deletion_protection_enabled

  services              = var.services
  cluster_arn           = var.cluster_arn
  subnet_ids            = var.subnet_ids
  security_group_ids    = var.security_group_ids
  log_retention_in_days = var.log_retention_in_days
  redis_host            = var.redis_host

  vpc_id          = var.vpc_id
  route_table_ids = var.route_table_ids
  alert_emails    = var.alert_emails

  tags = var.tags
}
