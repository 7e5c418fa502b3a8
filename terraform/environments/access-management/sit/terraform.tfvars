environment                 = "sit"
region                      = "eu-west-1"
pitr_enabled                = true
deletion_protection_enabled = true
cross_region_replication    = false

project_name = "bbws-access"
account_id   = "444455556666"

mfa_configuration           = "ON"
log_retention_in_days       = 30
manage_account_logging_role = true

audit_tiers = {
  warm_after_days = 30
  cold_after_days = 90
}

api_throttling = {
  rate_limit  = 50
  burst_limit = 100
}

tags = {
  Owner = "QATeam"
}
