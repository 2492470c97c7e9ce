// Calls GetCallerIdentity through the AWS SDK for Java v1, and prints the answers.
//
// usage: CallsV1 TIMES STS_URL, with AWS_PROFILE.

import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.securitytoken.AWSSecurityTokenService;
import com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClientBuilder;
import com.amazonaws.services.securitytoken.model.GetCallerIdentityRequest;

public class CallsV1 {
    public static void main(String[] arguments) {
        AWSSecurityTokenService sts = AWSSecurityTokenServiceClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration(arguments[1], "us-east-1"))
                .build();
        for (int number = 0; number < Integer.parseInt(arguments[0]); number++) {
            System.out.println(sts.getCallerIdentity(new GetCallerIdentityRequest()).getArn());
        }
        sts.shutdown();
    }
}
