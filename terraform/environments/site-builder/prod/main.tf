module "site_builder" {
  source = "../../../modules/dynamodb-site-builder"

  environment                 = var.environment
  encryption                  = "AWS_MANAGED"
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
}
