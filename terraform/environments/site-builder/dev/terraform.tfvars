environment                 = "dev"
region                      = "af-south-1"
deletion_protection_enabled = false

tags = {
  CostCenter = "BBWS-SITE-BUILDER"
  Owner      = "DevTeam"
}
