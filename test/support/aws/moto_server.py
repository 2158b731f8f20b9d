"""moto as a server, and on request with policies whose conditions count.

moto 5.2.5 evaluates policies without the context of the request: a statement with a condition denies everything or applies to everything.
With --conditions, bucket policies and identity policies are evaluated against the request, bucket policies also when a multipart upload is
created and completed, and a web identity may assume a role only as the role's trust policy says. The other arguments are moto_server's.
"""

import base64
import fnmatch
import json
import sys
from types import SimpleNamespace

from flask import request
from moto.core.exceptions import AccessDeniedError
from moto.iam import access_control
from moto.iam.models import iam_backends
from moto.s3.models import FakeBucket
from moto.server import main
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

ENCRYPTION_HEADERS = ("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")


def request_context():
    """The condition keys that a request to S3 has a value for; names in lower case, as keys are not case-sensitive."""
    headers, query = request.headers, request.args
    creates_object = "uploads" not in query and "partNumber" not in query
    context = {
        "aws:securetransport": _lower(request.is_secure or headers.get("X-Forwarded-Proto") == "https"),
        "s3:objectcreationoperation": _lower(creates_object),
    }
    context.update({f"s3:{name}": headers[name] for name in ENCRYPTION_HEADERS if name in headers})
    if "If-None-Match" in headers:
        context["s3:if-none-match"] = headers["If-None-Match"]
    if "prefix" in query:
        context["s3:prefix"] = query["prefix"]
    return context


def _lower(value):
    return str(value).lower()


def holds(operator, key, wanted, context):
    """One condition. An operator that is not known here is an error, never silently true."""
    wanted = wanted if isinstance(wanted, list) else [wanted]
    actual = context.get(key.lower())
    if operator == "Null":
        return _lower(actual is None) in map(_lower, wanted)
    base, if_exists = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    negated = "Not" in base
    if actual is None:
        return negated or if_exists  # a negated operator matches a key without a value
    matches = MATCHES[base.replace("Not", "")]
    return any(matches(actual, str(one)) for one in wanted) != negated


MATCHES = {
    "Bool": lambda actual, wanted: actual == wanted.lower(),
    "StringEquals": lambda actual, wanted: actual == wanted,
    "StringLike": fnmatch.fnmatchcase,
    "ArnEquals": fnmatch.fnmatchcase,
    "ArnLike": fnmatch.fnmatchcase,
}


def all_hold(statement, context):
    conditions = statement.get("Condition") or {}
    return all(holds(operator, key, wanted, context) for operator, keys in conditions.items() for key, wanted in keys.items())


def evaluate_conditions():
    Statement = access_control.IAMPolicyStatement
    without_conditions = Statement.is_action_permitted

    def is_action_permitted(self, action, resource="*", principal=None, incoming_condition_values=None):
        if not all_hold(self._statement, incoming_condition_values or principal_context(request_context())):
            return access_control.PermissionResult.NEUTRAL
        unconditional = Statement({key: value for key, value in self._statement.items() if key != "Condition"})
        return without_conditions(unconditional, action, resource, principal)

    Statement.is_action_permitted = is_action_permitted


def principal_context(context):
    """`aws:PrincipalArn` is the ARN of the role whose session signed the request; other principals have none here."""
    key = request.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
    sessions = (session for account in sts_backends.values() for backend in account.values() for session in backend.assumed_roles)
    role = next((session.role_arn for session in sessions if session.access_key_id == key), None)
    return {**context, "aws:principalarn": role} if role else context


def ask_bucket_policies_in_multipart_uploads():
    get_permission = FakeBucket.get_permission
    # moto asks for the HTTP method's name.
    actions = {"s3:PostObject": "s3:PutObject", "s3:HeadObject": "s3:GetObject"}

    def asked(action):
        aborts = action == "s3:DeleteObject" and "uploadId" in request.args
        return "s3:AbortMultipartUpload" if aborts else actions.get(action, action)

    FakeBucket.get_permission = lambda self, action, resource: get_permission(self, asked(action), resource)


def check_trust_of_web_identities():
    assume = TokenResponse.assume_role_with_web_identity

    def assume_role_with_web_identity(self):
        role_arn = self._get_param("RoleArn")
        if not is_trusted(role_arn, self._get_param("WebIdentityToken"), self.current_account):
            raise AccessDeniedError(user_arn="web identity", action="sts:AssumeRoleWithWebIdentity")
        return assume(self)

    TokenResponse.assume_role_with_web_identity = assume_role_with_web_identity
    # Such a request is signed by nobody: its token is what counts.
    authorize = TokenResponse._authenticate_and_authorize_normal_action
    TokenResponse._authenticate_and_authorize_normal_action = lambda self, resource="*": (
        None if self._get_action() == "AssumeRoleWithWebIdentity" else authorize(self, resource)
    )


def is_trusted(role_arn, token, account):
    """Whether the trust policy of a role lets the bearer of a token in. Signature and expiry are not looked at."""
    backend = iam_backends[account][role_arn.split(":")[1]]
    role = next((role for role in backend.roles.values() if role.arn == role_arn), None)
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issuer = claims["iss"].removeprefix("https://")
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    except (IndexError, KeyError, ValueError):
        return False
    if role is None:
        return False
    policy = json.loads(role.assume_role_policy_document)
    context = {f"{issuer}:sub".lower(): claims.get("sub"), f"{issuer}:aud".lower(): audiences[0]}
    provider = f":oidc-provider/{issuer}"
    return any(
        statement["Effect"] == "Allow"
        and statement["Action"] == "sts:AssumeRoleWithWebIdentity"
        and statement["Principal"].get("Federated", "").endswith(provider)
        and statement["Principal"]["Federated"] in backend.open_id_providers
        and all_hold(statement, context)
        for statement in policy["Statement"]
    )


def read_policies_of_log_buckets():
    """moto fails on a statement about everybody, `"Principal": "*"`, in the policy of a bucket for access logs."""
    may_log = FakeBucket._log_permissions_enabled_policy

    def without_everybody(target_bucket, target_prefix):
        policy = json.loads(target_bucket.policy or '{"Statement": []}')
        policy["Statement"] = [statement for statement in policy["Statement"] if isinstance(statement.get("Principal"), dict)]
        seen = SimpleNamespace(policy=json.dumps(policy).encode(), partition=target_bucket.partition, name=target_bucket.name)
        return may_log(seen, target_prefix)

    FakeBucket._log_permissions_enabled_policy = staticmethod(without_everybody)


if __name__ == "__main__":
    read_policies_of_log_buckets()
    arguments = sys.argv[1:]
    if "--conditions" in arguments:
        arguments.remove("--conditions")
        evaluate_conditions()
        ask_bucket_policies_in_multipart_uploads()
        check_trust_of_web_identities()
    main(arguments)
