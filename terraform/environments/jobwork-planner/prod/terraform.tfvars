environment     = "prod"
region          = "eu-west-1"
destroy_allowed = false

tags = {
  Owner = "OpsTeam"
}
