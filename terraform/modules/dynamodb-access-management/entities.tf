# What the services write into the generic key attributes, per entity. Terraform creates nothing
# from it; it is an output, so that consumers find the single-table design beside the table.

locals {
  entity_key_patterns = {
    permission = {
      PK     = "PERM#{permissionId}"
      SK     = "METADATA"
      GSI1PK = "CATEGORY#{category}"
      GSI1SK = "PERM#{permissionId}"
    }

    permission_set = {
      PK     = "ORG#{organisationId}"
      SK     = "PERMSET#{permissionSetId}"
      GSI1PK = "ORG#{organisationId}"
      GSI1SK = "PERMSET#{dateCreated}"
      GSI2PK = "PERMSET#ACTIVE#{active}"
      GSI2SK = "ORG#{organisationId}#{dateCreated}"
    }

    platform_permission_set = {
      PK = "PLATFORM"
      SK = "PERMSET#{permissionSetId}"
    }

    invitation = {
      PK     = "ORG#{organisationId}"
      SK     = "INV#{invitationId}"
      GSI1PK = "ORG#{organisationId}#STATUS#{status}"
      GSI1SK = "{expiresAt}#{invitationId}"
      GSI2PK = "EMAIL#{email}"
      GSI2SK = "ORG#{organisationId}#{dateCreated}"
    }

    invitation_token = {
      PK = "INVTOKEN#{token}"
      SK = "METADATA"
    }

    team = {
      PK     = "ORG#{organisationId}"
      SK     = "TEAM#{teamId}"
      GSI1PK = "ORG#{organisationId}#ACTIVE#{active}"
      GSI1SK = "TEAM#{name}"
      GSI2PK = "ORG#{organisationId}#DIV#{divisionId}"
      GSI2SK = "TEAM#{teamId}"
    }

    team_role_definition = {
      PK     = "ORG#{organisationId}"
      SK     = "TEAMROLE#{teamRoleId}"
      GSI1PK = "ORG#{organisationId}#ACTIVE#{active}"
      GSI1SK = "TEAMROLE#{name}"
    }

    team_member = {
      PK     = "ORG#{organisationId}#TEAM#{teamId}"
      SK     = "MEMBER#{userId}"
      GSI1PK = "USER#{userId}"
      GSI1SK = "ORG#{organisationId}#TEAM#{teamId}"
      GSI2PK = "ORG#{organisationId}#TEAM#{teamId}#ROLE#{teamRoleId}"
      GSI2SK = "MEMBER#{userId}"
      GSI3PK = "USER#{userId}"
      GSI3SK = "ORG#{organisationId}#TEAM#{teamId}"
    }

    platform_role = {
      PK     = "PLATFORM"
      SK     = "ROLE#{roleId}"
      GSI1PK = "PLATFORM#ACTIVE#{active}"
      GSI1SK = "ROLE#{name}"
    }

    organisation_role = {
      PK     = "ORG#{organisationId}"
      SK     = "ROLE#{roleId}"
      GSI1PK = "ORG#{organisationId}#ACTIVE#{active}"
      GSI1SK = "ROLE#{name}"
    }

    user_role_assignment = {
      PK     = "ORG#{organisationId}#USER#{userId}"
      SK     = "ROLE#{roleId}"
      GSI1PK = "ORG#{organisationId}#ROLE#{roleId}"
      GSI1SK = "USER#{userId}"
    }

    audit_event = {
      PK     = "ORG#{organisationId}#DATE#{YYYY-MM-DD}"
      SK     = "EVENT#{timestamp}#{eventId}"
      GSI4PK = "USER#{userId}"
      GSI4SK = "{timestamp}#{eventId}"
      GSI5PK = "ORG#{organisationId}#TYPE#{eventType}"
      GSI5SK = "{timestamp}#{eventId}"
    }
  }
}
