environment     = "sit"
region          = "eu-west-1"
destroy_allowed = false

tags = {
  Owner = "QATeam"
}
