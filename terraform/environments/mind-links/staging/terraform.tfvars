environment = "staging"
account_id  = "444455556666"
region      = "us-east-1"

streams_enabled             = true
deletion_protection_enabled = true

vpc_id             = "vpc-0e0000000000000a1"
route_table_ids    = ["rtb-0e0000000000000a1", "rtb-0e0000000000000b1"]
subnet_ids         = ["subnet-0e0000000000000a1", "subnet-0e0000000000000b1"]
security_group_ids = ["sg-0e0000000000000a1"]
cluster_arn        = "arn:aws:ecs:us-east-1:444455556666:cluster/mindlinks-staging"
redis_host         = "redis.staging.mindlinks.internal"

services = {
  contract-service = {
    image         = "444455556666.dkr.ecr.us-east-1.amazonaws.com/mindlinks/contract-service:1.0.0"
    port          = 3006
    cpu           = 512
    memory        = 1024
    desired_count = 1
  }
}

log_retention_in_days = 30
alert_emails          = ["platform-staging@mindlinks.example"]

tags = {
  Owner = "PlatformTeam"
}
