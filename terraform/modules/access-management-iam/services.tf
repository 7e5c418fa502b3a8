# What each service may do to the single table: which partitions, by the partition keys of its entities,
# and which indexes, by its lookups. The entities and their keys are those of dynamodb-access-management.
#
# `except` takes partitions out again: "*" also matches "#", so ORG#* alone would cover the partitions of
# teams, users and audit days, which all begin with the organisation.

locals {
  audit_partition = "ORG#*#DATE#*"

  actions = {
    read  = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
    write = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"]
    # Audit events are added and never changed.
    append = ["dynamodb:PutItem"]
  }

  services = {
    # permission, permission_set, platform_permission_set
    permission = {
      description = "Permissions and permission sets."
      actions     = concat(local.actions.read, local.actions.write)
      partitions  = ["PERM#*", "PLATFORM", "ORG#*"]
      except      = ["ORG#*#*"]
      indexes     = ["gsi1", "gsi2"] # by category and by organisation; active sets
    }

    # invitation, invitation_token
    invitation = {
      description = "Invitations and their tokens."
      actions     = concat(local.actions.read, local.actions.write)
      partitions  = ["INVTOKEN#*", "ORG#*"]
      except      = ["ORG#*#*"]
      indexes     = ["gsi1", "gsi2"] # by status and expiry; by e-mail address
    }

    # team, team_role_definition, team_member
    team = {
      description = "Teams, their role definitions and their members."
      actions     = concat(local.actions.read, local.actions.write)
      partitions  = ["ORG#*"]
      except      = ["ORG#*#USER#*", local.audit_partition]
      indexes     = ["gsi1", "gsi2", "gsi3"] # by name; by division and role; the teams of a user
    }

    # platform_role, organisation_role, user_role_assignment
    role = {
      description = "Platform and organisation roles, and who has them."
      actions     = concat(local.actions.read, local.actions.write)
      partitions  = ["PLATFORM", "ORG#*"]
      except      = ["ORG#*#TEAM#*", local.audit_partition]
      indexes     = ["gsi1"] # by name; the users of a role
    }

    # Reads what a decision rests on: the caller's roles, teams and permissions.
    authorizer = {
      description = "Decides on each request to the API."
      actions     = local.actions.read
      partitions  = ["PERM#*", "PLATFORM", "ORG#*"]
      except      = [local.audit_partition]
      indexes     = ["gsi3"] # the teams of a user
    }

    # audit_event
    audit = {
      description = "Audit events: adds, reads and archives them."
      actions     = concat(local.actions.read, local.actions.append)
      partitions  = [local.audit_partition]
      except      = []
      indexes     = ["gsi4", "gsi5"] # by user; by event type
    }
  }
}
