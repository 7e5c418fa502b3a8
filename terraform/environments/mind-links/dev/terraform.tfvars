environment = "dev"
account_id  = "111122223333"
region      = "us-east-1"

streams_enabled             = true
deletion_protection_enabled = false

vpc_id             = "vpc-0d0000000000000a1"
route_table_ids    = ["rtb-0d0000000000000a1", "rtb-0d0000000000000b1"]
subnet_ids         = ["subnet-0d0000000000000a1", "subnet-0d0000000000000b1"]
security_group_ids = ["sg-0d0000000000000a1"]
cluster_arn        = "arn:aws:ecs:us-east-1:111122223333:cluster/mindlinks-dev"
redis_host         = "redis.dev.mindlinks.internal"

services = {
  contract-service = {
    image         = "111122223333.dkr.ecr.us-east-1.amazonaws.com/mindlinks/contract-service:1.0.0"
    port          = 3006
    cpu           = 512
    memory        = 1024
    desired_count = 1
  }
}

log_retention_in_days = 14
alert_emails          = ["platform-dev@mindlinks.example"]

tags = {
  Owner = "PlatformTeam"
}
