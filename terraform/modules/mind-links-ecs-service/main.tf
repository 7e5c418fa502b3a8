locals {
  name = "${var.name_prefix}-${var.service}-${var.environment}"

  environment_variables = merge(
    {
      AWS_REGION   = var.region
      NODE_ENV     = var.environment
      SERVICE_NAME = var.service
      SERVICE_PORT = tostring(var.port)
    },
    var.environment_variables,
  )

  secrets = merge(var.parameters, var.secrets)

  # The least and the most MiB that Fargate offers for a number of CPU units.
  memory_sizes = {
    256   = [512, 2048]
    512   = [1024, 4096]
    1024  = [2048, 8192]
    2048  = [4096, 16384]
    4096  = [8192, 30720]
    8192  = [16384, 61440]
    16384 = [32768, 122880]
  }

  tags = merge(
    var.tags,
    {
      Service = var.service
    },
  )
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${local.name}"
  retention_in_days = var.log_retention_in_days
  tags              = local.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = var.task_role_arn
  tags                     = local.tags

  container_definitions = jsonencode([
    {
      name      = var.service
      image     = var.image
      essential = true

      portMappings = [
        {
          containerPort = var.port
          protocol      = "tcp"
        },
      ]

      environment = [for name, value in local.environment_variables : { name = name, value = value }]
      secrets     = [for name, arn in local.secrets : { name = name, valueFrom = arn }]

      logConfiguration = {
        logDriver = "awslogs"

        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.region
          awslogs-stream-prefix = "ecs"
        }
      }

      healthCheck = {
        command     = ["CMD-SHELL", "curl -f http://localhost:${var.port}${var.health_check.path} || exit 1"]
        interval    = var.health_check.interval
        timeout     = var.health_check.timeout
        retries     = var.health_check.retries
        startPeriod = var.health_check.start_period
      }
    },
  ])

  # No task starts before its secrets can be read.
  depends_on = [aws_iam_role_policy.execution]

  lifecycle {
    precondition {
      condition     = var.memory >= local.memory_sizes[var.cpu][0] && var.memory <= local.memory_sizes[var.cpu][1]
      error_message = "With ${var.cpu} CPU units, Fargate offers ${local.memory_sizes[var.cpu][0]} to ${local.memory_sizes[var.cpu][1]} MiB."
    }

    precondition {
      condition     = length(setintersection(keys(var.parameters), keys(var.secrets))) == 0
      error_message = "An environment variable of the ${var.service} is both a parameter and a secret."
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = local.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.desired_count
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  tags            = local.tags

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.target_group_arn == null ? null : var.health_check.start_period

  # A deployment whose tasks do not become healthy goes back to the last one.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = var.security_group_ids
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.target_group_arn == null ? [] : [var.target_group_arn]

    content {
      target_group_arn = load_balancer.value
      container_name   = var.service
      container_port   = var.port
    }
  }
}
