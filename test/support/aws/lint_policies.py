"""Reads policies, a JSON object by name, and writes what parliament finds wrong with each: actions, resources, conditions that cannot be."""

import json
import sys

from parliament import analyze_policy_string

found = []
for name, policy in json.load(sys.stdin).items():
    for finding in analyze_policy_string(json.dumps(policy)).findings:
        found.append(f"{name}: {finding.issue} {finding.detail}")
json.dump(found, sys.stdout)
