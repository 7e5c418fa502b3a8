environment                 = "sit"
region                      = "eu-west-1"
pitr_enabled                = true
deletion_protection_enabled = true
cross_region_replication    = false

tags = {
  Owner = "QATeam"
}
