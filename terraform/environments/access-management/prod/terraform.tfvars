environment                 = "prod"
region                      = "af-south-1"
pitr_enabled                = true
deletion_protection_enabled = true
cross_region_replication    = true
failover_region             = "eu-west-1"

project_name = "bbws-access"
account_id   = "123456789012"

mfa_configuration           = "ON"
log_retention_in_days       = 365
manage_account_logging_role = true

audit_tiers = {
  warm_after_days = 30
  cold_after_days = 90
}

api_throttling = {
  rate_limit  = 500
  burst_limit = 1000
}

tags = {
  Owner       = "OpsTeam"
  CriticalApp = "true"
}
