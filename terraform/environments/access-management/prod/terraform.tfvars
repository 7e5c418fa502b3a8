environment                 = "prod"
region                      = "af-south-1"
pitr_enabled                = true
deletion_protection_enabled = true
cross_region_replication    = true
failover_region             = "eu-west-1"

tags = {
  Owner       = "OpsTeam"
  CriticalApp = "true"
}
