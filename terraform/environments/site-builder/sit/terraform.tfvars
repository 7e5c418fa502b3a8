environment                 = "sit"
region                      = "af-south-1"
deletion_protection_enabled = true

tags = {
  CostCenter = "BBWS-SITE-BUILDER"
  Owner      = "QATeam"
}
