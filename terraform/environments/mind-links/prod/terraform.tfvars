environment = "prod"
account_id  = "777788889999"
region      = "us-east-1"

streams_enabled             = true
deletion_protection_enabled = true

vpc_id             = "vpc-0f0000000000000a1"
route_table_ids    = ["rtb-0f0000000000000a1", "rtb-0f0000000000000b1"]
subnet_ids         = ["subnet-0f0000000000000a1", "subnet-0f0000000000000b1"]
security_group_ids = ["sg-0f0000000000000a1"]
cluster_arn        = "arn:aws:ecs:us-east-1:777788889999:cluster/mindlinks-prod"
redis_host         = "redis.prod.mindlinks.internal"

services = {
  contract-service = {
    image         = "777788889999.dkr.ecr.us-east-1.amazonaws.com/mindlinks/contract-service:1.0.0"
    port          = 3006
    cpu           = 512
    memory        = 1024
    desired_count = 2
  }
}

log_retention_in_days = 365
alert_emails          = ["platform-oncall@mindlinks.example"]

tags = {
  Owner = "PlatformTeam"
}
