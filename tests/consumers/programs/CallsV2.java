// Calls GetCallerIdentity through the AWS SDK for Java v2, and prints the answers.
//
// usage: CallsV2 TIMES STS_URL, with AWS_PROFILE.

import java.net.URI;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

public class CallsV2 {
    public static void main(String[] arguments) {
        try (StsClient sts = StsClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(URI.create(arguments[1]))
                .build()) {
            for (int number = 0; number < Integer.parseInt(arguments[0]); number++) {
                System.out.println(sts.getCallerIdentity().arn());
            }
        }
    }
}
