environment     = "dev"
region          = "eu-west-1"
destroy_allowed = true

tags = {
  Owner = "DevTeam"
}
