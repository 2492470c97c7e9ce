//! The services that `--destination` knows, and their pages. Pure.

/// `NAME`, whose page is `/NAME/home`, or `NAME=PATH`. One text, so that it costs a start nothing.
const SERVICES: &str = "\
    acm amplify apigateway=apigateway/main/apis apprunner athena autoscaling=ec2/home#AutoScalingGroups: backup batch bedrock \
    billing=costmanagement/home \
    budgets=costmanagement/home#/budgets cloud9 cloudformation cfn=cloudformation/home cloudfront=cloudfront/v4/home \
    cloudshell cloudtrail cloudwatch codeartifact=codesuite/codeartifact/home codebuild=codesuite/codebuild/home \
    codecommit=codesuite/codecommit/home codedeploy=codesuite/codedeploy/home \
    codepipeline=codesuite/codepipeline/home cognito=cognito/v2/home config costexplorer=costmanagement/home#/cost-explorer \
    directconnect=directconnect/v2/home dms=dms/v2/home dynamodb=dynamodbv2/home ec2 ecr ecs=ecs/v2/clusters efs eks \
    elasticache elasticbeanstalk emr eventbridge=events/home events firehose fsx glue grafana \
    guardduty iam inspector=inspector/v2/home kinesis kms lambda logs=cloudwatch/home#logsV2:log-groups mq=amazon-mq/home \
    msk=msk/home mwaa opensearch=aos/home organizations=organizations/v2/home ram rds redshift=redshiftv2/home \
    route53=route53/v2/home s3 sagemaker secretsmanager securityhub servicecatalog servicequotas ses \
    singlesignon sns=sns/v3/home sqs=sqs/v3/home ssm=systems-manager/home sso=singlesignon/home states \
    stepfunctions=states/home support systems-manager transfer trustedadvisor vpc=vpcconsole/home waf=wafv2/homev2 \
    wafv2=wafv2/homev2 xray=cloudwatch/home#xray:traces/query";

/// The path of the first page of a service; `None` if the name is not known.
pub fn path(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let (name, path) = services().find(|(known, _)| *known == name)?;
    Some(path.map_or_else(|| format!("/{name}/home"), |path| format!("/{path}")))
}

/// The names of the services.
pub fn names() -> impl Iterator<Item = &'static str> {
    services().map(|(name, _)| name)
}

fn services() -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
    SERVICES.split_ascii_whitespace().map(|entry| match entry.split_once('=') {
        Some((name, path)) => (name, Some(path)),
        None => (entry, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_one_path_of_plain_characters() {
        let mut seen = std::collections::BTreeSet::new();
        for name in names() {
            assert!(seen.insert(name), "{name} twice");
            let path = path(name).unwrap();
            assert!(
                path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-#:".contains(&byte)),
                "{path}"
            );
        }
        assert!(seen.len() > 40);
        assert_eq!(path("SSM").as_deref(), Some("/systems-manager/home"));
        assert_eq!(path(""), None);
        assert_eq!(path("s3=x"), None);
    }
}
