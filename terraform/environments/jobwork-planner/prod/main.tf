module "jobwork_planner" {
  source = "../../../modules/dynamodb-jobwork-planner"

  environment     = var.environment
  destroy_allowed = var.destroy_allowed
  encryption      = "AWS_MANAGED"
  tags            = var.tags
}
