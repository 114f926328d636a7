"""Makes a bucket and a user who may use it; prints the user's access key and secret key.

    bucket.py ADDRESS BUCKET
"""

import json
import sys

import boto3

address, bucket = sys.argv[1:]
anyone = {
    "endpoint_url": address,
    "region_name": "us-east-1",
    "aws_access_key_id": "any",
    "aws_secret_access_key": "any",
}
policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
iam = boto3.client("iam", **anyone)
iam.create_user(UserName="crm")
key = iam.create_access_key(UserName="crm")["AccessKey"]
iam.put_user_policy(UserName="crm", PolicyName="files", PolicyDocument=json.dumps(policy))
boto3.client("s3", **anyone).create_bucket(Bucket=bucket)
print(key["AccessKeyId"], key["SecretAccessKey"])
