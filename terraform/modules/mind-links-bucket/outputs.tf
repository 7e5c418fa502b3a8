output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "parameter_arn" {
  description = "ARN of the parameter that holds the bucket's name."
  value       = aws_ssm_parameter.name.arn
}
