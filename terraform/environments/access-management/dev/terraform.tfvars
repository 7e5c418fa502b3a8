environment                 = "dev"
region                      = "eu-west-1"
pitr_enabled                = true
deletion_protection_enabled = false
cross_region_replication    = false

tags = {
  Owner = "DevTeam"
}
